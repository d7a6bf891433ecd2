namespace TaskGraph.Scheduler.Machine;

/// <summary>Times and limits of a <see cref="SchedulerMachine"/>; all times are microseconds.</summary>
internal sealed record SchedulerMachineOptions
{
    private static readonly Dictionary<string, long> s_none = [];

    public ulong Epoch { get; init; } = 1;

    public string Address { get; init; } = "";

    public string Version { get; init; } = "";

    public int ProcessId { get; init; }

    /// <summary>Whether clients may run functions in this process.</summary>
    public bool AllowsRun { get; init; }

    /// <summary>A worker that says nothing for so long gets no new work.</summary>
    public long SuspectAfterUs { get; init; } = 3_000_000;

    /// <summary>A worker that says nothing for so long is lost.</summary>
    public long WorkerLeaseUs { get; init; } = 10_000_000;

    /// <summary>What a client wants is kept for so long after its connection is gone.</summary>
    public long ClientLeaseUs { get; init; } = 30_000_000;

    /// <summary>How long a restarted scheduler waits for the workers that it knew before it places anything.</summary>
    public long GraceUs { get; init; } = 10_000_000;

    /// <summary>How often silence and imbalance are looked at.</summary>
    public long TickUs { get; init; } = 500_000;

    /// <summary>From dispatch to answer, for a task that does nothing.</summary>
    public long RoundTripUs { get; init; } = 500;

    /// <summary>
    /// Work that each thread is given ahead, where there is enough of it: some round trips, so that ends can be told
    /// together while the threads go on.
    /// </summary>
    public long BacklogUs { get; init; } = 4_000;

    /// <summary>An idle worker takes from one that has not answered for so long, whatever the estimates say.</summary>
    public long OverdueUs { get; init; } = 20_000;

    /// <summary>How often running tasks that may be run a second time are looked at.</summary>
    public long StragglerLookUs { get; init; } = 20_000;

    /// <summary>A run that has not taken so long is no straggler, however short the others were.</summary>
    public long LeastStragglerUs { get; init; } = 100_000;

    /// <summary>Bytes per microsecond between workers whose links were not measured yet (100 = 100 MB/s).</summary>
    public long BandwidthBytesPerUs { get; init; } = 100;

    /// <summary>Bytes per microsecond to a worker's disk, for values that its memory has no room for.</summary>
    public long DiskBytesPerUs { get; init; } = 50;

    /// <summary>What fetching one input costs apart from its bytes.</summary>
    public long FetchLatencyUs { get; init; } = 100;

    /// <summary>So long two workers are taken not to reach each other when one has said so for the first time.</summary>
    public long PartitionUs { get; init; } = 5_000_000;

    /// <summary>So long at most, if it says so again and again.</summary>
    public long LongestPartitionUs { get; init; } = 60_000_000;

    /// <summary>A task that may have run at so many workers' deaths is not run again.</summary>
    public int PoisonedAfter { get; init; } = 3;

    /// <summary>A task that no connected worker may run fails after so long; 0 = it waits for ever.</summary>
    public long NoWorkersTimeoutUs { get; init; }

    /// <summary>The scheduler asks to be stopped when it has had nothing to do for so long; 0 = never.</summary>
    public long IdleTimeoutUs { get; init; }

    /// <summary>How the inputs of wide tasks are parted on their way to a worker.</summary>
    public OutboxLimits Outbox { get; init; } = OutboxLimits.Default;

    /// <summary>Whether tasks that wait at a busy worker are taken back for an idle one.</summary>
    public bool StealsWork { get; init; } = true;

    /// <summary>Tasks per thread that a worker is given at most.</summary>
    public int MaxTasksPerThread { get; init; } = Placement.DepthRule.MaxPerThread;

    /// <summary>What a run of a function that was not measured is taken to last; 0 = what gives 16 to a thread.</summary>
    public long UnknownDurationUs { get; init; }

    /// <summary>The same by the function's short name.</summary>
    public IReadOnlyDictionary<string, long> DefaultDurationsUs { get; init; } = s_none;

    /// <summary>How often copies that nobody needs are looked for; 0 = never.</summary>
    public long ReduceIntervalUs { get; init; } = 2_000_000;

    public int MaxTasksPerSubmission { get; init; } = 20_000_000;

    /// <summary>Largest sum of argument bytes that one submission may stage.</summary>
    public long MaxStagedBytes { get; init; } = 4L << 30;

    public int MaxFunctionBytes { get; init; } = 1 << 20;

    public int MaxAssemblyBytes { get; init; } = 256 << 20;

    /// <summary>Bytes of all values in queues, variables and datasets together.</summary>
    public long MaxSharedBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Ended submissions whose numbers are remembered, so that a repeated submit is answered and not run.
    /// </summary>
    public int RememberedSubmissions { get; init; } = 4096;
}
