namespace TaskGraph.Bench.Table;

/// <summary>Where the peer's lines have a figure, and how it becomes one in our unit.</summary>
/// <param name="Threads">Threads of each of its two workers.</param>
/// <param name="Case">The case to ask for.</param>
/// <param name="Line">The name that the line carries.</param>
/// <param name="Field">The field of the line.</param>
/// <param name="Convert">From its unit to ours.</param>
internal sealed record PeerFigure(int Threads, string Case, string Line, string Field, Func<double, double> Convert)
{
    /// <summary>Whether it is measured without saturation, too: only where that matters, for it takes long.</summary>
    public bool IsAlsoDefault { get; init; }

    /// <summary>What the line says of itself where several carry the name; null = only one does.</summary>
    public string? Params { get; init; }

    /// <summary>Whether dask_rows.py has the case, which comes with this project; else dask_sched.py has it.</summary>
    public bool IsOwnScript { get; init; }

    public static PeerFigure Merge { get; } =
        new(1, "mergefut", "merge-futures", "tasks_per_s", Same) { IsAlsoDefault = true };

    public static PeerFigure MergeCpu { get; } =
        new(1, "mergefut", "merge-futures", "sched_cpu_us_per_task", Same);

    public static PeerFigure MapGather { get; } =
        new(1, "map", "map-gather", "tasks_per_s", Same) { IsAlsoDefault = true };

    public static PeerFigure Tree { get; } = new(1, "tree", "tree-2^15", "tasks_per_s", Same);

    public static PeerFigure Chain { get; } = new(1, "chain", "chain-futures", "us_per_task", Same);

    public static PeerFigure RoundTripP50 { get; } = new(1, "roundtrip", "roundtrip", "median_us", Same);

    public static PeerFigure RoundTripP99 { get; } = new(1, "roundtrip", "roundtrip", "p99_us", Same);

    public static PeerFigure Transfer { get; } =
        new(1, "transfer", "transfer-w2w", "MB_per_s", Same) { Params = "64 MiB numpy" };

    public static PeerFigure Memory { get; } = new(1, "memory", "memory-per-task", "sched_bytes_per_task", Same);

    public static PeerFigure SchedulerRss { get; } = new(1, "startup", "startup", "sched_idle_rss_mib", Same);

    public static PeerFigure WorkerRss { get; } = new(1, "startup", "startup", "worker_idle_rss_mib", Same);

    public static PeerFigure WorkerStart { get; } =
        new(1, "startup", "startup", "worker_start_s", static seconds => seconds * 1000);

    /// <summary>A graph of the published sets, run from end to end.</summary>
    public static PeerFigure Graph(string name, int threads, string field) => Own(threads, $"graph-{name}", field);

    /// <summary>The shortest task at half efficiency, in µs.</summary>
    public static PeerFigure Grain(string name, int threads) => Own(threads, name, "metg_us");

    /// <summary>Sleeping tasks: the makespan over its lower bound.</summary>
    public static PeerFigure Slow(int threads, double ms) =>
        Own(threads, FormattableString.Invariant($"slow-{ms}ms"), "over_lower_bound");

    private static PeerFigure Own(int threads, string name, string field) =>
        new(threads, name, name, field, Same) { IsOwnScript = true };

    private static double Same(double value) => value;
}
