namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>One instance of Estee's sets, with what the thesis says of it.</summary>
/// <param name="Name">As in the thesis's table, after "estee-".</param>
/// <param name="Create">Makes it.</param>
/// <param name="Tasks">How many tasks it must have.</param>
/// <param name="Outputs">How many outputs its tasks must have.</param>
/// <param name="OutputGib">How large these are together, in GiB; random where sizes are.</param>
/// <param name="LongestPath">How many tasks on the longest path.</param>
/// <param name="Edges">How many pairs of tasks of which one takes outputs of the other; by the definitions.</param>
internal sealed record NamedEsteeGraph(
    string Name, Func<EsteeGraph> Create, int Tasks, int Outputs, double OutputGib, int LongestPath, int Edges)
{
    // Any would do; figures of two runs are to be of the same graphs.
    private const ulong Seed = 2_021;

    /// <summary>
    /// The three sets (Beránek, Böhm and Cima, "Analysis of workflow schedulers in simulated distributed environments",
    /// and Beránek's thesis, appendix).
    /// </summary>
    public static IReadOnlyList<NamedEsteeGraph> All { get; } =
    [
        Of("plain1n", draws => IndependentTasks.Plain1n(draws, 380), 380, 0, 0, 1, 0),
        Of("plain1e", draws => IndependentTasks.Plain1e(draws, 380), 380, 0, 0, 1, 0),
        Of("plain1cpus", draws => IndependentTasks.Plain1Cpus(draws, 380), 380, 0, 0, 1, 0),
        Of("triplets", draws => Forks.Triplets(draws, 110, cpus: 4), 330, 220, 17.19, 3, 220),
        Of("merge-neighbours", draws => Merges.Neighbours(draws, 107), 214, 107, 10.36, 2, 214),
        Of("merge-triplets", draws => Merges.Triplets(draws, 111), 148, 111, 10.77, 2, 111),
        Of("merge-small-big", draws => Merges.SmallAndBig(draws, 80), 240, 160, 7.74, 2, 160),
        Of("fork1", draws => Forks.SharedOutput(draws, 100), 300, 100, 9.77, 2, 200),
        Of("fork2", draws => Forks.OwnOutputs(draws, 100), 300, 200, 19.53, 2, 200),
        Of("bigmerge", draws => Merges.Big(draws, 320), 321, 320, 31.25, 2, 320),
        Of("duration-stairs", _ => IndependentTasks.DurationStairs(190), 380, 0, 0, 1, 0),
        Of("size-stairs", _ => Forks.SizeStairs(190), 191, 190, 17.53, 2, 190),
        Of("splitters", draws => Lattices.Splitters(draws, 7), 255, 255, 32.25, 8, 254),
        Of("conflux", draws => Lattices.Conflux(draws, 7), 255, 255, 31.88, 8, 254),
        Of("grid", draws => Lattices.Grid(draws, 19), 361, 361, 45.12, 37, 2 * 19 * 18),
        Of("fern", draws => Lattices.Fern(draws, 200), 401, 401, 11.11, 201, 400),
        Of("gridcat", draws => FileGraphs.GridCat(draws, 20), 401, 401, 115.71, 4, 190 * 4),
        Of("crossv", draws => CrossValidation.Create(draws, 8), 94, 90, 8.52, 5, 5 + (8 * 20)),
        Of("crossvx", draws => CrossValidation.Create(draws, 4, graphs: 4), 200, 200, 32.66, 5, 4 * (5 + (4 * 20))),
        Of("fastcrossv", draws => CrossValidation.Create(draws, 8, cpus: 1, factor: 0.02), 94, 90, 8.52, 5, 5 + (8 * 20)),
        Of("mapreduce", draws => FileGraphs.MapReduce(draws, 160), 321, 25_760, 439.06, 3, 160 + (160 * 160)),
        Of("nestedcrossv", draws => CrossValidation.Nested(draws, 5), 266, 270, 28.41, 8, 5 * (4 + (5 * 17) + 5)),
        Of("montage", draws => Montage.Create(draws, 50), 77, 150, 0.21, 6, 46 + 50 + 1 + 24 + 12),
        Of("cybershake", draws => CyberShake.Create(draws, 50), 104, 106, 0.84, 4, 4 * 50),
        Of("epigenomics", draws => Epigenomics.Create(draws, 50), 204, 305, 1.36, 8, (5 * 50) + 2),
        Of("ligo", draws => Ligo.Create(draws, 20, 10, 15), 186, 186, 0.11, 6, 5 * 45),
        Of("sipht", draws => Sipht.Create(draws, 2), 64, 136, 0.12, 5, 2 * (20 + 4 + 6 + 7)),
    ];

    private static NamedEsteeGraph Of(
        string name, Func<Draws, EsteeGraph> create, int tasks, int outputs, double gib, int longestPath, int edges) =>
        new($"estee-{name}", () => create(new Draws(Seed)), tasks, outputs, gib, longestPath, edges);
}
