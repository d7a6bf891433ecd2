using System.Diagnostics;

namespace TaskGraph;

/// <summary>
/// Waits longer from try to try, with jitter so that many who lost the same peer do not return at once.
/// </summary>
internal sealed class Patience(TimeSpan limit)
{
    private const double FirstMs = 30;
    private const double LongestMs = 1000;

    private readonly long _start = Stopwatch.GetTimestamp();
    private double _nextMs = FirstMs;

    /// <summary>How long trying goes on for.</summary>
    public TimeSpan Limit { get; } = limit;

    /// <summary>Waits for the next try; false = the time is up.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        var left = Limit - Stopwatch.GetElapsedTime(_start);
        if (left <= TimeSpan.Zero)
            return false;
        var pause = TimeSpan.FromMilliseconds(_nextMs * (0.5 + (0.5 * Random.Shared.NextDouble())));
        _nextMs = Math.Min(_nextMs * 1.6, LongestMs);
        await Task.Delay(pause < left ? pause : left, cancellation).ConfigureAwait(false);
        return true;
    }
}
