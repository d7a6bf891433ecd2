using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>How a worker is set up.</summary>
public sealed record WorkerServerOptions
{
    /// <summary>Where the scheduler listens.</summary>
    public required Address Scheduler { get; init; }

    /// <summary>Where this worker listens for other workers and clients; port 0 = any free one.</summary>
    public Address Listen { get; init; } = new(Address.Tcp, "127.0.0.1", 0);

    /// <summary>The host that others dial if it is not the one listened on (0.0.0.0, say); null = the same.</summary>
    public string? ContactHost { get; init; }

    /// <summary>The port that others dial if it is not the one listened on, behind a router, say; 0 = the same.</summary>
    public int ContactPort { get; init; }

    /// <summary>Where the port is taken: the last of a range that begins with it; 0 = it must be that one.</summary>
    public int LastPort { get; init; }

    /// <summary>The worker's name, unique in the cluster; empty = its data address.</summary>
    public string Name { get; init; } = "";

    /// <summary>How many tasks run at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>What the worker has, for tasks that say what they take.</summary>
    public IReadOnlyList<ResourceAmount> Resources { get; init; } = [];

    /// <summary>The memory limit in bytes, 0 = none.</summary>
    public long MemoryLimitBytes { get; init; }

    /// <summary>
    /// Below which directory each worker makes one of its own for values that memory has no room for; null = one below
    /// the system's directory for temporary files.
    /// </summary>
    public string? LocalDirectory { get; init; }

    /// <summary>Bytes of spilled values on disk at most; beyond, values stay in memory.</summary>
    public long MaxSpillBytes { get; init; } = long.MaxValue;

    /// <summary>How much may be spilled per time; null = as much as there is.</summary>
    internal WriteBudget? SpillWriteBudget { get; init; }

    /// <summary>Where the memory ladder's steps are.</summary>
    internal MemoryShares MemoryShares { get; init; } = MemoryShares.Default;

    /// <summary>Requests for values of other workers that are under way at once.</summary>
    public int MaxRequests { get; init; } = 16;

    /// <summary>Bytes of values on their way to others, beyond which those who ask are told to come back.</summary>
    public long MaxServedBytes { get; init; } = DataServer.MaxPendingBytes;

    /// <summary>Characters of an exception's message, and of its stack, that are passed on.</summary>
    public int MaxErrorLength { get; init; } = 10_000;

    /// <summary>How long to go on dialling a scheduler that does not answer; null = for ever.</summary>
    public TimeSpan? DeathTimeout { get; init; }

    /// <summary>Whether to listen beyond loopback without encryption.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>
    /// Whether code that this process runs already is used as it is: for workers inside the client's process.
    /// </summary>
    public bool SharesProcess { get; init; }

    /// <summary>
    /// Whether somebody starts the process again when it ends with <see cref="WorkerRestartException"/> or
    /// <see cref="WorkerStuckException"/>; else a worker that is to restart comes back in the same process with an empty
    /// store, and one whose functions do not return goes on without the threads that these hold.
    /// </summary>
    public bool EndsToRestart { get; init; }

    /// <summary>Whose place the process has taken: the scheduler is told why that one died.</summary>
    internal Command.Predecessor? Predecessor { get; init; }

    /// <summary>Where the nanny sees what runs.</summary>
    internal Execution.RunBoard? Board { get; init; }

    /// <summary>How long the code of a cancelled or overdue task may take to return: 5 s.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the worker logs to.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
