using TaskGraph.Bench.Alone;
using TaskGraph.Bench.Cases;
using TaskGraph.Bench.Graphs;
using TaskGraph.Bench.Graphs.Estee;
using TaskGraph.Bench.Spill;

namespace TaskGraph.Bench;

/// <summary>Everything that can be timed, by name.</summary>
internal static class Catalogue
{
    public const string AllGraphs = "graphs";

    /// <summary>The cases of our own.</summary>
    public static IReadOnlyList<IBench> Cases { get; } =
    [
        new BenchRunner(new Merge()),
        new BenchRunner(new MapGather()),
        new BenchRunner(new Tree()),
        new BenchRunner(new RandomDag()),
        new BenchRunner(new Chain()),
        new BenchRunner(new RoundTrip()),
        new BenchRunner(new Transfer()),
        new BenchRunner(new MergeSlow()),
        new BenchRunner(new Metg("metg", 0)),
        new BenchRunner(new Metg("metg-1kB", 1_000)),
        new BenchRunner(new Metg("metg-1MB", 1_000_000)),
        new BenchRunner(new HeldResults()),
        new GroupBySpill(),
        new HeldBeforeSpill(),
        new Idle(),
        new MicroScheduler(),
        new JournalCost(),
        new RecoveryTime(),
    ];

    /// <summary>The published graphs.</summary>
    public static IReadOnlyList<IBench> Graphs { get; } =
    [
        .. NamedGraph.All.Select(static graph => new BenchRunner(new PublishedGraph(graph))),
        .. NamedEsteeGraph.All.Select(static graph => new BenchRunner(new EsteeCase(graph))),
    ];

    /// <summary>The case of a name, all graphs, or all cases; empty if there is none.</summary>
    public static IReadOnlyList<IBench> Find(string name) => name switch
    {
        "all" => Cases,
        AllGraphs => Graphs,
        _ => [.. Cases.Concat(MicroScheduler.OneByOne).Concat(Graphs).Where(one => one.Name == name)],
    };
}
