using TaskGraph.Bench.Graphs;
using TaskGraph.Bench.Graphs.Estee;

namespace TaskGraph.Bench.Table;

/// <summary>Which way a figure is better.</summary>
internal enum Better
{
    Higher,
    Lower,
}

/// <summary>One row of the table of goals.</summary>
/// <param name="Label">What it says in front.</param>
/// <param name="Case">The case to run.</param>
/// <param name="Setup">On what; its repeat count is the table's.</param>
/// <param name="Figure">The name of the figure in the case's line.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Better">Which way it is better.</param>
/// <param name="Floor">What it must reach.</param>
/// <param name="Goal">What it should reach.</param>
/// <param name="Peer">The peer's figure, if it has the case.</param>
internal sealed record TableRow(
    string Label,
    string Case,
    BenchSetup Setup,
    string Figure,
    string Unit,
    Better Better,
    double Floor,
    double Goal,
    PeerFigure? Peer = null)
{
    /// <summary>The rows of the table of goals, at full size.</summary>
    public static IReadOnlyList<TableRow> All { get; } =
    [
        Rate("merge 1M, 24 zero workers", "merge", Zero(1_000_000, 24), 300e3, 1e6),
        Cpu("merge 1M, scheduler CPU", "merge", Zero(1_000_000, 24), 3, 1, PeerFigure.MergeCpu),
        Rate("tree 2^20, 24 zero workers", "tree", Zero((1 << 20) - 1, 24), 200e3, 800e3),
        Rate("random-dag 1M, 24 zero workers", "random-dag", Zero(1_000_000, 24), 120e3, 400e3),
        Rate("merge 1M, 1,000 zero workers", "merge", Zero(1_000_000, 1000), 100e3, 500e3),
        Rate("merge 100k, 2 × 1", "merge", Real(100_000), 100e3, 250e3, PeerFigure.Merge),
        Rate("map-gather 100k, 2 × 1", "map-gather", Real(100_000), 80e3, 200e3, PeerFigure.MapGather),
        Rate("tree 2^15, 2 × 1", "tree", Real((1 << 15) - 1), 80e3, 200e3, PeerFigure.Tree),
        Lower("chain 10k, per link, p50", "chain", Real(10_000), "p50_us", "µs", 150, 60, PeerFigure.Chain),
        Lower("roundtrip p50", "roundtrip", Real(2_000), "p50_us", "µs", 300, 110, PeerFigure.RoundTripP50),
        Lower("roundtrip p99", "roundtrip", Real(2_000), "p99_us", "µs", 2_000, 600, PeerFigure.RoundTripP99),
        new("transfer 64 MiB", "transfer", Real(8), "mb_per_second", "MB/s", Better.Higher, 1_500, 3_000,
            PeerFigure.Transfer),
        Lower("scheduler memory per finished task (RSS)", "memory", Zero(1_000_000, 24), "bytes_per_task", "B", 250,
            128, PeerFigure.Memory),
        Lower("longest GC pause of the scheduler, 1M live tasks", "memory", Zero(1_000_000, 24), "gc_pause_max_ms", "ms",
            20, 5),
        .. Slow(1, 5_000, 4),
        .. Slow(10, 5_000, 4),
        .. Slow(100, 800, 4),
        .. Slow(1, 5_000, 12),
        .. Slow(10, 5_000, 12),
        .. Slow(100, 2_400, 12),
        Grain("METG(50 %), no data", "metg", 2, 80),
        Grain("METG(50 %), no data", "metg", 8, 320),
        Grain("METG(50 %), no data", "metg", 20, 800),
        Grain("METG(50 %), 1 kB", "metg-1kB", 2),
        Grain("METG(50 %), 1 kB", "metg-1kB", 8),
        Grain("METG(50 %), 1 kB", "metg-1kB", 20),
        Grain("METG(50 %), 1 MB", "metg-1MB", 2),
        Grain("METG(50 %), 1 MB", "metg-1MB", 8),
        Grain("METG(50 %), 1 MB", "metg-1MB", 20),
        Lower("idle scheduler RSS", "idle", Real(0), "scheduler_rss_mb", "MiB", 67, 55, PeerFigure.SchedulerRss),
        Lower("idle worker RSS", "idle", Real(0), "worker_rss_mb", "MiB", 67, 45, PeerFigure.WorkerRss),
        Lower("worker start → registered", "idle", Real(0), "worker_start_ms", "ms", 400, 200, PeerFigure.WorkerStart),
        Lower("machine alone", "micro scheduler", Zero(10_000_000, 24), "us_per_task", "µs", 1, 0.4),
        Lower("machine alone, bytes per task and its edges", "micro scheduler", Zero(10_000_000, 24), "bytes_per_task",
            "B", 250, 128),
        Lower("machine alone, full collection", "micro scheduler", Zero(10_000_000, 24), "gc_pause_max_ms", "ms", 20, 5),
        .. NamedGraph.All.Select(static graph => Overhead(graph)),
        .. NamedEsteeGraph.All.Select(static graph => Makespan(graph)),
    ];

    private static BenchSetup Zero(int tasks, int workers) => new(tasks, workers, 1, 0, ZeroWorkers: true);

    private static BenchSetup Real(int tasks) => new(tasks, 2, 1, 0);

    private static TableRow Rate(
        string label, string name, BenchSetup setup, double floor, double goal, PeerFigure? peer = null) =>
        new(label, name, setup, "tasks_per_second", "tasks/s", Better.Higher, floor, goal, peer);

    private static TableRow Cpu(
        string label, string name, BenchSetup setup, double floor, double goal, PeerFigure peer) =>
        Lower(label, name, setup, "scheduler_cpu_us_per_task", "µs", floor, goal, peer);

    private static TableRow Lower(
        string label, string name, BenchSetup setup, string figure, string unit, double floor, double goal,
        PeerFigure? peer = null) =>
        new(label, name, setup, figure, unit, Better.Lower, floor, goal, peer);

    // To be reported; the goal, where there is one, is 20 µs per thread.
    private static TableRow Grain(string label, string name, int threads, double goal = double.PositiveInfinity) =>
        Lower($"{label}, 2 × {threads} threads", name, new BenchSetup(20_000, 2, threads, 0), "metg_us", "µs",
            double.PositiveInfinity, goal, PeerFigure.Grain(name, threads));

    // What is asked is that it ends with the right values, and sooner than with the peer.
    private static TableRow Overhead(NamedGraph graph) =>
        Lower($"{graph.Name}, 2 × 1", graph.Name, Real(graph.Tasks), "us_per_task", "µs", double.PositiveInfinity,
            double.PositiveInfinity, PeerFigure.Graph(graph.Name, 1, "us_per_task"));

    private static TableRow Makespan(NamedEsteeGraph graph) =>
        Lower($"{graph.Name}, 1/10,000, 8 threads", graph.Name, new BenchSetup(graph.Tasks, 2, 4, 0), "over_lower_bound",
            "× bound", double.PositiveInfinity, double.PositiveInfinity,
            PeerFigure.Graph(graph.Name, 4, "over_lower_bound"));

    // Over bare sleeps, too: sleeps end late, and the more so the busier the machine.
    private static TableRow[] Slow(double ms, int tasks, int threads)
    {
        var setup = new BenchSetup(tasks, 2, threads, 0, SleepMs: ms);
        string label = FormattableString.Invariant($"merge-slow {ms} ms, {2 * threads} threads");
        return
        [
            Lower(label, "merge-slow", setup, "over_lower_bound", "× bound", 1.10, 1.03, PeerFigure.Slow(threads, ms)),
            Lower(label, "merge-slow", setup, "over_bare", "× bare sleeps", 1.10, 1.03),
        ];
    }
}
