using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Server;

/// <summary>
/// Dials the scheduler, again and again with growing, jittered pauses, until it answers or time is up.
/// </summary>
internal sealed class Dialler(WorkerServerOptions options, string dataAddress, string name)
{
    private const int FirstPauseMs = 50;
    private const int LongestPauseMs = 5_000;

    /// <summary>A connection to the scheduler, as a new incarnation.</summary>
    /// <exception cref="SchedulerUnreachableException">The death timeout has passed.</exception>
    public async Task<Connection> DialAsync(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var pauseMs = FirstPauseMs;
        var hello = CreateHello();
        while (true)
        {
            string reason;
            try
            {
                return await Connection.ConnectAsync(options.Scheduler, hello, cancellationToken: cancellation)
                    .ConfigureAwait(false);
            }
            catch (TaskGraphException e)
            {
                reason = e.Message;
            }

            var jittered = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(pauseMs / 2, pauseMs + 1));
            if (options.DeathTimeout is { } limit && Stopwatch.GetElapsedTime(start) + jittered > limit)
                throw new SchedulerUnreachableException(options.Scheduler.ToString(), limit, reason);
            options.Logger.Log(
                pauseMs >= 1000 ? LogLevel.Warning : LogLevel.Debug,
                "No scheduler yet; trying again: {Reason}",
                reason);
            await Task.Delay(jittered, cancellation).ConfigureAwait(false);
            pauseMs = Math.Min(pauseMs * 2, LongestPauseMs);
        }
    }

    private Hello CreateHello()
    {
        var hello = Describe();
        hello.Resources.AddRange(options.Resources);
        return hello;
    }

    private Hello Describe() => new()
    {
        Role = PeerRole.Worker,
        Name = name,
        Session = Draw(),
        Incarnation = Draw(),
        DataAddress = dataAddress,
        Host = Environment.MachineName,
        ProcessId = Environment.ProcessId,
        Threads = options.Threads,
        MemoryLimitBytes = options.MemoryLimitBytes,
    };

    private static ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
