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
    private const int FirstRedialPauseMs = 200;
    private const int LongestRedialPauseMs = 2_000;

    /// <summary>
    /// Whether the scheduler's messages are received on a thread of their own, which takes the turns that they bring. Whoever
    /// receives by the pool must say no, or its threads would wait there.
    /// </summary>
    public bool ReceivesOnCallingThread { get; init; } = true;

    /// <summary>A connection to the scheduler, as a new incarnation.</summary>
    /// <param name="former">The incarnation before; null = the process is new.</param>
    /// <param name="canResume">Whether its sessions are to go on after a cut.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SchedulerUnreachableException">The death timeout has passed.</exception>
    public async Task<Connection> DialAsync(Hello? former, bool canResume, CancellationToken cancellation)
    {
        var connectionOptions = new ConnectionOptions { ReceivesOnCallingThread = ReceivesOnCallingThread };
        var hello = CreateHello();
        hello.CanResume = canResume;
        hello.FormerIncarnation = former?.Incarnation ?? 0;
        hello.Epoch = former?.Epoch ?? 0;
        var pauseMs = former is null ? FirstPauseMs : FirstRedialPauseMs;
        var longestMs = former is null ? LongestPauseMs : LongestRedialPauseMs;
        Connection? connection = null;
        await TryUntilAsync(
            pauseMs,
            longestMs,
            async () =>
            {
                connection = await Connection
                    .ConnectAsync(options.Scheduler, hello, connectionOptions, cancellation).ConfigureAwait(false);
                if (!SchedulerEpoch.IsStale(connection.Welcome.Epoch, hello.Epoch))
                    return;
                await connection.DisposeAsync().ConfigureAwait(false);
                throw new TaskGraphException("the scheduler that answers has been replaced by a later one");
            },
            cancellation).ConfigureAwait(false);
        hello.Epoch = connection!.Welcome.Epoch;
        return connection;
    }

    /// <summary>
    /// Goes on with the session of a connection whose link was lost; false if the scheduler has given it up.
    /// </summary>
    /// <exception cref="SchedulerUnreachableException">The death timeout has passed.</exception>
    public async Task<bool> ResumeAsync(Connection connection, CancellationToken cancellation)
    {
        var isResumed = false;
        await TryUntilAsync(
            FirstRedialPauseMs,
            LongestRedialPauseMs,
            async () =>
            {
                if (!connection.IsResumable)
                    return;
                try
                {
                    await connection.ReconnectAsync(cancellation).ConfigureAwait(false);
                    isResumed = true;
                }
                catch (TaskGraphException e) when (e is ConnectionRefusedException or ProtocolException)
                {
                    options.Logger.LogDebug("The session is not resumed: {Reason}", e.Message);
                }
            },
            cancellation).ConfigureAwait(false);
        return isResumed;
    }

    /// <summary>Tries, with growing, jittered pauses, until <paramref name="attempt"/> succeeds.</summary>
    private async Task TryUntilAsync(
        int pauseMs, int longestPauseMs, Func<Task> attempt, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            string reason;
            var began = Stopwatch.GetTimestamp();
            try
            {
                await attempt().ConfigureAwait(false);
                return;
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

            // What the attempt has waited counts.
            var pause = jittered - Stopwatch.GetElapsedTime(began);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, cancellation).ConfigureAwait(false);
            pauseMs = Math.Min(pauseMs * 2, longestPauseMs);
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
