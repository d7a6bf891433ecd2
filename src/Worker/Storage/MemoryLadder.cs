namespace TaskGraph.Worker.Storage;

/// <summary>What a look at the process's memory asks for.</summary>
/// <param name="SpillBytes">Bytes of values to write to disk, 0 = none.</param>
/// <param name="IsPaused">Whether to start nothing new.</param>
internal readonly record struct LadderStep(long SpillBytes, bool IsPaused);

/// <summary>
/// The ladder of a worker with a memory limit (Dask's figures): values beyond 60 % of it go to disk; from 70 % of
/// process memory on more of them, until it is down to 60 %; at 80 % the worker pauses. At 95 % its nanny ends it.
/// </summary>
internal sealed class MemoryLadder(long limitBytes, long heapLimitBytes)
{
    private const double Target = 0.60;
    private const double Spill = 0.70;
    private const double PauseAt = 0.80;
    private const double ResumeBelow = 0.77;

    // Of the runtime's own limit, the rest is for what tasks allocate while they run. It counts for small workers.
    private const double HeapTarget = 0.70;

    private bool _isPaused;

    /// <summary>The limit.</summary>
    public long LimitBytes => limitBytes;

    /// <summary>Bytes of values that stay in memory.</summary>
    public long TargetBytes => (long)Math.Min(limitBytes * Target, heapLimitBytes * HeapTarget);

    /// <summary>Bytes that may be on their way to this worker: a tenth, but enough for one request.</summary>
    public long InFlightBytes => Math.Max(limitBytes / 10, 10_000_000);

    /// <summary>Whether so much process memory asks for anything.</summary>
    public bool IsHigh(long processBytes) => processBytes > limitBytes * Spill;

    /// <summary>What so much process memory asks for.</summary>
    public LadderStep Look(long processBytes)
    {
        _isPaused = processBytes > limitBytes * (_isPaused ? ResumeBelow : PauseAt);
        var excess = IsHigh(processBytes) ? processBytes - (long)(limitBytes * Target) : 0;
        return new LadderStep(excess, _isPaused);
    }
}
