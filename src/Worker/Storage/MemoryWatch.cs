using System.Diagnostics;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// Looks at the process's memory ten times a second and tells the loop what the ladder asks for. What is high may be
/// garbage: before anything is spilled or paused for it, it is collected, and what asks for more is what is left.
/// </summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    // Collecting takes at most a tenth of the time.
    private const int CollectionShare = 10;

    private readonly MemoryLadder _ladder;
    private readonly Action<LadderStep> _tell;
    private readonly ProcessMemory _memory = new();
    private readonly Timer _timer;
    private LadderStep _told;
    private long _collectFrom;
    private int _isLooking;

    public MemoryWatch(MemoryLadder ladder, Action<LadderStep> tell)
    {
        _ladder = ladder;
        _tell = tell;
        _timer = new Timer(static watch => ((MemoryWatch)watch!).Look(), this, s_interval, s_interval);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        _memory.Dispose();
    }

    /// <summary>Collects what values have left that are on disk now, without moving what is left: that is quick.</summary>
    public static void CollectValues() => GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);

    private void Look()
    {
        // A collection may take longer than the interval.
        if (Interlocked.Exchange(ref _isLooking, 1) == 1)
            return;
        try
        {
            var bytes = _memory.ResidentBytes();
            if (_ladder.IsHigh(bytes))
            {
                if (Stopwatch.GetTimestamp() < _collectFrom)
                    return;
                bytes = Collect();
            }

            Tell(_ladder.Look(bytes));
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void Tell(LadderStep step)
    {
        if (step == _told && step.SpillBytes == 0)
            return;
        _told = step;
        _tell(step);
    }

    /// <summary>Collects, and if that does not suffice gives all free memory back to the system.</summary>
    private long Collect()
    {
        var start = Stopwatch.GetTimestamp();
        CollectValues();
        var bytes = _memory.ResidentBytes();
        if (_ladder.IsHigh(bytes))
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            bytes = _memory.ResidentBytes();
        }

        var end = Stopwatch.GetTimestamp();
        _collectFrom = end + ((end - start) * CollectionShare);
        return bytes;
    }
}
