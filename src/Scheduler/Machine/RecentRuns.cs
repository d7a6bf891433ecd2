namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Durations of a function's last runs. Their median stays where it is when a slow worker adds a few that took ten times
/// as long; a mean would follow them.
/// </summary>
internal sealed class RecentRuns
{
    private const int Kept = 31;

    /// <summary>Fewer runs say too little.</summary>
    private const int Least = 3;

    private readonly long[] _durations = new long[Kept];
    private readonly long[] _sorted = new long[Kept];
    private int _count;
    private int _next;

    /// <summary>The median in microseconds, −1 while too few runs are known.</summary>
    public long MedianUs
    {
        get
        {
            if (_count < Least)
                return -1;
            Span<long> sorted = _sorted.AsSpan(0, _count);
            _durations.AsSpan(0, _count).CopyTo(sorted);
            sorted.Sort();
            return sorted[_count / 2];
        }
    }

    public void Add(long durationUs)
    {
        _durations[_next] = durationUs;
        _next = (_next + 1) % Kept;
        _count = Math.Min(_count + 1, Kept);
    }
}
