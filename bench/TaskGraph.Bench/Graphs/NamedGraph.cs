namespace TaskGraph.Bench.Graphs;

/// <summary>One instance of the published sets, with what the thesis says of it.</summary>
/// <param name="Name">As in RSDS's table.</param>
/// <param name="Create">Makes it.</param>
/// <param name="Tasks">How many tasks it must have.</param>
/// <param name="Edges">How many edges.</param>
/// <param name="LongestPath">How many edges on the longest path.</param>
internal sealed record NamedGraph(string Name, Func<DependencyList> Create, int Tasks, int Edges, int LongestPath)
{
    /// <summary>
    /// The instances of RSDS's table (Böhm and Beránek, "Runtime vs Scheduler: Analyzing Dask's Overheads", and
    /// Beránek's thesis, appendix).
    /// </summary>
    public static IReadOnlyList<NamedGraph> Rsds { get; } =
    [
        new("merge-10K", () => MergeGraph.Create(10_000), 10_001, 10_000, 1),
        new("merge-25K", () => MergeGraph.Create(25_000), 25_001, 25_000, 1),
        new("merge-50K", () => MergeGraph.Create(50_000), 50_001, 50_000, 1),
        new("merge-100K", () => MergeGraph.Create(100_000), 100_001, 100_000, 1),
        new("tree-15", () => TreeGraph.Create(15), 32_767, 32_766, 14),
        new("bag-10", () => BagGraph.Create(10), 236, 415, 6),
        new("bag-50", () => BagGraph.Create(50), 5_458, 10_357, 7),
        new("bag-100", () => BagGraph.Create(100), 21_631, 41_430, 8),
        new("bag-200", () => BagGraph.Create(200), 86_116, 165_715, 9),
        new("numpy-10", () => NumpyGraph.Create(10), 209, 228, 7),
        new("numpy-50", () => NumpyGraph.Create(50), 4_892, 5_491, 9),
        new("numpy-100", () => NumpyGraph.Create(100), 19_334, 21_783, 10),
        new("numpy-200", () => NumpyGraph.Create(200), 77_067, 86_966, 11),
        new("groupby-90-8H", () => GroupByGraph.Create(270), 1_434, 1_973, 7),
        new("groupby-90-1H", () => GroupByGraph.Create(2_160), 11_424, 15_743, 8),
        new("groupby-360-8H", () => GroupByGraph.Create(1_080), 5_714, 7_873, 8),
        new("groupby-360-1H", () => GroupByGraph.Create(8_640), 45_674, 62_953, 9),
        new("groupby-2880-16H", () => GroupByGraph.Create(4_320), 22_842, 31_481, 9),
        new("groupby-1440-1H", () => GroupByGraph.Create(34_560), 182_682, 251_801, 10),
        new("join-24", () => JoinGraph.Create(24), 673, 1_224, 5),
        new("join-1440", () => JoinGraph.Create(1_440), 72_001, 125_568, 11),
        new("xarray-25", () => XarrayGraph.Create(1, 3), 552, 862, 10),
        new("xarray-5", () => XarrayGraph.Create(5, 11), 9_258, 14_976, 10),
        new("vectorizer-1M-300", () => VectorizerGraph.Create(301), 301, 0, 0),
        new("wordbag-100K-50", () => WordBagGraph.Create(50), 250, 200, 2),
    ];

    /// <summary>Task Bench's patterns, 64 points wide; counts are those of their definitions.</summary>
    public static IReadOnlyList<NamedGraph> TaskBench { get; } =
    [
        Steps("trivial", StepPattern.Trivial, 100, 6_400, 0, 0),
        Steps("no-comm", StepPattern.NoComm, 100, 6_400, 6_336, 99),
        Steps("stencil", StepPattern.Stencil, 100, 6_400, 18_810, 99),
        Steps("dom", StepPattern.Dom, 127, 4_096, 8_064, 126),
        Steps("tree", StepPattern.Tree, 100, 6_079, 6_078, 99),
        Steps("fft", StepPattern.Fft, 100, 6_400, 16_978, 99),
        Steps("nearest", StepPattern.Nearest, 100, 6_400, 31_086, 99),
        Steps("spread", StepPattern.Spread, 100, 6_400, 31_296, 99),
        Steps("all-to-all", StepPattern.AllToAll, 100, 6_400, 405_504, 99),
    ];

    /// <summary>All instances.</summary>
    public static IReadOnlyList<NamedGraph> All { get; } = [.. Rsds, .. TaskBench];

    private static NamedGraph Steps(
        string name, StepPattern pattern, int steps, int tasks, int edges, int longestPath) =>
        new($"task-bench-{name}", () => StepGraph.Create(pattern, width: 64, steps), tasks, edges, longestPath);
}
