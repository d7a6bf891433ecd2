using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TaskGraph;

/// <summary>What a <see cref="LocalCluster"/> consists of.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>How many workers; 0 = one per core, at most four.</summary>
    public int Workers { get; init; }

    /// <summary>How many tasks each worker runs at once; 0 = cores / workers.</summary>
    public int ThreadsPerWorker { get; init; }

    /// <summary>
    /// Each worker's memory limit: "2GiB", "11 GB", "0.5" (of the machine), "0" = none; null = an even share.
    /// </summary>
    public string? MemoryLimit { get; init; }

    /// <summary>
    /// What each worker has, for tasks that say what they take (<see cref="SubmitOptions.Resources"/>).
    /// </summary>
    public IReadOnlyDictionary<string, double> Resources { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether scheduler and workers are processes of their own (true) or live inside this one.</summary>
    public bool Processes { get; init; } = true;

    /// <summary>
    /// For measuring: the workers answer every task at once without running it (all values are 0), so that what is
    /// measured is the price of the runtime alone. All of them live in one process and hold no data.
    /// </summary>
    public bool ZeroWorkers { get; init; }

    /// <summary>
    /// Whether <see cref="Client.RunOnSchedulerAsync{R}(Func{R}, CancellationToken)"/> is allowed: yes, since the
    /// scheduler is the user's own process.
    /// </summary>
    public bool AllowsRunOnScheduler { get; init; } = true;

    /// <summary>What the workers' names begin with; several get -0, -1, … after it.</summary>
    public string Name { get; init; } = "worker";

    /// <summary>
    /// Where the scheduler keeps its journal (<c>--state-dir</c>), so that it can be started again; null = it keeps none.
    /// </summary>
    public string? StateDirectory { get; init; }

    /// <summary>How long starting may take. 30 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Least level that the processes log to standard error, which is passed on.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>The directory in which the processes are started; null = this one's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables for the processes, beside those of this one.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets what the processes print, standard output and error alike; null = this program's own.</summary>
    public Action<string>? Output { get; init; }

    /// <summary>Where an in-process cluster logs.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    internal Messages.ResourceAmount[] ResourceAmounts =>
        [.. Resources.Select(static pair => new Messages.ResourceAmount(pair.Key, pair.Value))];
}
