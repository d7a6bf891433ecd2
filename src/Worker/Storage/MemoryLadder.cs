namespace TaskGraph.Worker.Storage;

/// <summary>What a look at the process's memory asks for.</summary>
/// <param name="SpillBytes">Bytes of values to write to disk, 0 = none.</param>
/// <param name="IsPaused">Whether to start nothing new.</param>
internal readonly record struct LadderStep(long SpillBytes, bool IsPaused);

/// <summary>
/// The ladder of a worker with a memory limit: values beyond 60 % of it go to disk; from 70 % of process memory on more
/// of them, until it is down to 60 %; at 80 % the worker pauses. At 95 % its nanny ends it.
/// </summary>
internal sealed class MemoryLadder(long limitBytes, long heapLimitBytes, MemoryShares? shares = null)
{
    /// <summary>So much lower a worker resumes than it pauses.</summary>
    private const double ResumeGap = 0.03;

    // Of the runtime's own limit, the rest is for what tasks allocate while they run. It counts for small workers.
    private const double HeapTarget = 0.70;

    private readonly MemoryShares _shares = shares ?? MemoryShares.Default;
    private bool _isPaused;

    /// <summary>The limit.</summary>
    public long LimitBytes => limitBytes;

    /// <summary>Bytes of values that stay in memory.</summary>
    public long TargetBytes => (long)Math.Min(limitBytes * _shares.Target, heapLimitBytes * HeapTarget);

    /// <summary>Bytes that may be on their way to this worker: a tenth, but enough for one request.</summary>
    public long InFlightBytes => Math.Max(limitBytes / 10, 10_000_000);

    /// <summary>Whether so much process memory asks for anything.</summary>
    public bool IsHigh(long processBytes) => processBytes > limitBytes * _shares.Spill;

    /// <summary>What so much process memory asks for.</summary>
    public LadderStep Look(long processBytes)
    {
        _isPaused = _shares.Pause < 1
            && processBytes > limitBytes * (_isPaused ? _shares.Pause - ResumeGap : _shares.Pause);
        var excess = IsHigh(processBytes) ? processBytes - (long)(limitBytes * _shares.Target) : 0;
        return new LadderStep(excess, _isPaused);
    }
}
