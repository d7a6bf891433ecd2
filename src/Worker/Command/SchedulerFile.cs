using System.Diagnostics;
using System.Text.Json;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace TaskGraph.Worker.Command;

/// <summary>The file in which a scheduler leaves its address: JSON with a member "address".</summary>
internal static class SchedulerFile
{
    /// <summary>The address in the file, which may be written only later.</summary>
    /// <exception cref="BadInputException">The file holds something else.</exception>
    /// <exception cref="SchedulerUnreachableException">It was not there in time.</exception>
    public static async Task<Address> ReadAsync(string path, TimeSpan? timeout, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (!File.Exists(path))
        {
            if (timeout is { } limit && Stopwatch.GetElapsedTime(start) > limit)
                throw new SchedulerUnreachableException(path, limit, "the file does not exist");
            await Task.Delay(100, cancellation).ConfigureAwait(false);
        }

        try
        {
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false));
            return Address.Parse(json.RootElement.GetProperty("address").GetString() ?? "");
        }
        catch (Exception e) when (e
            is JsonException or KeyNotFoundException or InvalidOperationException or AddressException)
        {
            throw new BadInputException($"--scheduler-file {path} names no scheduler: {e.Message}");
        }
    }
}
