namespace TaskGraph.Worker.Machine;

/// <summary>Limits of a <see cref="WorkerMachine"/>. Numbers without a source are guesses to be measured.</summary>
internal sealed record WorkerMachineOptions
{
    /// <summary>The worker's number in the scheduler's messages.</summary>
    public int OwnNumber { get; init; }

    /// <summary>Tasks that run at once.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Tasks handed to the executor per thread, so that threads need not wait for the loop between tiny ones.
    /// </summary>
    public int DepthPerThread { get; init; } = 64;

    /// <summary>Bytes asked for in one request (Dask's figure).</summary>
    public long MaxRequestBytes { get; init; } = 50_000_000;

    /// <summary>Values asked for in one request.</summary>
    public int MaxRequestKeys { get; init; } = 1024;

    /// <summary>Requests under way at once.</summary>
    public int MaxRequests { get; init; } = 16;

    /// <summary>Bytes under way at once; one request is always allowed.</summary>
    public long MaxBytesInFlight { get; init; } = 256 << 20;

    /// <summary>Bytes of values that stay in memory, the others go to disk; 0 = all stay.</summary>
    public long TargetBytes { get; init; }

    /// <summary>Values below this stay in memory: a file costs more than they do.</summary>
    public long LeastSpilledBytes { get; init; } = 1024;

    /// <summary>Values being written at once: one by the disk's thread, one to follow.</summary>
    public int MaxStoring { get; init; } = 2;

    /// <summary>How long to wait after the disk had no room, in µs.</summary>
    public long SpillPauseUs { get; init; } = 2_000_000;

    /// <summary>How long a busy peer is left alone, in µs (Dask's figure).</summary>
    public long BusyPauseUs { get; init; } = 150_000;

    /// <summary>
    /// How long after the end of the data connection over which a client has put values the scheduler is asked whether it
    /// wants them, in µs.
    /// </summary>
    public long PutLeaseUs { get; init; } = 30_000_000;

    /// <summary>
    /// How long an unreachable peer is left alone at first, in µs; doubles with each failure, up to 32 times.
    /// </summary>
    public long FailurePauseUs { get; init; } = 100_000;

    /// <summary>How many transitions are remembered to tell tasks' stories; a power of two.</summary>
    public int RememberedTransitions { get; init; } = 4096;
}
