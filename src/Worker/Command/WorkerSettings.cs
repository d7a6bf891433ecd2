using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Command;

/// <summary>The command line, read and checked.</summary>
internal sealed record WorkerSettings
{
    /// <summary>The scheduler's address; null = read it from <see cref="SchedulerFile"/>.</summary>
    public string? Scheduler { get; init; }

    /// <summary>A JSON file with the scheduler's address.</summary>
    public string? SchedulerFile { get; init; }

    /// <summary>Worker processes.</summary>
    public int Workers { get; init; }

    /// <summary>Threads of each.</summary>
    public int Threads { get; init; }

    /// <summary>Memory limit of each in bytes, 0 = none.</summary>
    public long MemoryLimitBytes { get; init; }

    /// <summary>What each worker has.</summary>
    public ResourceAmount[] Resources { get; init; } = [];

    /// <summary>Name; several workers get -0, -1, … after it. Empty = the address.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where to listen for data; null = decided by where the scheduler is.</summary>
    public string? Host { get; init; }

    /// <summary>First data port, 0 = any.</summary>
    public int Port { get; init; }

    /// <summary>Last data port of a range of which each worker takes the first free one; 0 = there is no range.</summary>
    public int LastPort { get; init; }

    /// <summary>The host that others dial, if it is not the one listened on.</summary>
    public string? ContactHost { get; init; }

    /// <summary>The port that others dial, if it is not the one listened on; 0 = it is.</summary>
    public int ContactPort { get; init; }

    /// <summary>Where the workers keep files.</summary>
    public string? LocalDirectory { get; init; }

    /// <summary>Bytes of spilled values of each worker at most.</summary>
    public long MaxSpillBytes { get; init; } = long.MaxValue;

    /// <summary>How much each worker may spill per time; null = no limit.</summary>
    public string? SpillWriteBudget { get; init; }

    /// <summary>Where the memory ladder's steps are.</summary>
    public MemoryShares MemoryShares { get; init; } = MemoryShares.Default;

    /// <summary>Requests for values of other workers that are under way at once.</summary>
    public int MaxRequests { get; init; } = 16;

    /// <summary>Bytes of values on their way to others at most.</summary>
    public long MaxServedBytes { get; init; } = 256 << 20;

    /// <summary>Variables of the children's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the code of a cancelled or overdue task may take to return.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Characters of an error's texts at most.</summary>
    public int MaxErrorLength { get; init; } = 10_000;

    /// <summary>Whether a parent watches and restarts the workers.</summary>
    public bool UsesNanny { get; init; }

    /// <summary>Whether this process is a nanny's child: it ends when its standard input does.</summary>
    public bool IsChild { get; init; }

    /// <summary>The child in whose place this one was started after its death; null = none.</summary>
    public Predecessor? Predecessor { get; init; }

    /// <summary>The file of the <see cref="Execution.RunBoard"/> on which a child is to note what it runs; null = none.</summary>
    public string? RunBoard { get; init; }

    /// <summary>Whether the workers answer without running anything, all of them in this process.</summary>
    public bool IsZeroWorker { get; init; }

    /// <summary>How long to look for the scheduler; null = for ever.</summary>
    public TimeSpan? DeathTimeout { get; init; }

    /// <summary>How long a worker lives until it leaves in order; null = for ever.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The random part that is added to or taken from the lifetime.</summary>
    public TimeSpan LifetimeStagger { get; init; }

    /// <summary>Whether the nanny starts a worker again whose lifetime is over.</summary>
    public bool RestartsAfterLifetime { get; init; }

    /// <summary>Where to write the process id; null = nowhere.</summary>
    public string? PidFile { get; init; }

    /// <summary>How long a worker that is asked to end may take to finish what runs and hand its data over.</summary>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether to listen beyond loopback without encryption.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
