namespace TaskGraph.Tests.Faults;

/// <summary>What a <see cref="FaultCluster"/> consists of.</summary>
internal sealed record FaultClusterOptions
{
    public int Workers { get; init; } = 2;

    public int ThreadsPerWorker { get; init; } = 1;

    public string MemoryLimit { get; init; } = "1GiB";

    /// <summary>The memory limit of the worker of this number; null = the same for all.</summary>
    public Func<int, string>? MemoryLimitFor { get; init; }

    /// <summary>Where the scheduler is reached by clients (in its namespace's address, if there is one).</summary>
    public string SchedulerHost { get; init; } = "127.0.0.1";

    /// <summary>More of the scheduler's command line.</summary>
    public IReadOnlyList<string> SchedulerArguments { get; init; } = [];

    /// <summary>More of every worker's command line.</summary>
    public IReadOnlyList<string> WorkerArguments { get; init; } = [];

    /// <summary>More of the command line of the worker of this number.</summary>
    public Func<int, IReadOnlyList<string>>? WorkerArgumentsFor { get; init; }

    /// <summary>Environment variables of all processes.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>(worker's number, scheduler's port) → the address that worker dials: a proxy, say.</summary>
    public Func<int, int, string>? SchedulerAddressFor { get; init; }

    /// <summary>The network namespaces in which the processes live; null = the machine's own.</summary>
    public NetworkNamespaces? Namespaces { get; init; }
}
