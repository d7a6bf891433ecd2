namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's set after the workflow gallery of Pegasus: sequences mapped to a genome, in lanes.</summary>
internal static class Epigenomics
{
    /// <param name="draws">The random numbers.</param>
    /// <param name="lanes">Lanes, four tasks each.</param>
    public static EsteeGraph Create(Draws draws, int lanes)
    {
        var graph = new EsteeGraph();
        var split = graph.OutputsOf(graph.Add(draws.Normal(35, 5), draws.Normals(lanes, 10, 5)));
        var mapped = new EsteeOutput[lanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            int filter = graph.Add(draws.Normal(1.5, 1), draws.Normals(2, 5, 2), [split[lane]]);
            var converted = graph.AddWithOutput(draws.Normal(0.3, 0.2), draws.Normal(5, 2), [new(filter, 0)]);
            var packed = graph.AddWithOutput(draws.Normal(1, 0.2), draws.Normal(1, 0.5), [converted]);
            mapped[lane] = graph.AddWithOutput(draws.Normal(15_000, 2_500), draws.Normal(1, 0.5), [packed]);
        }

        int merge = graph.Add(draws.Normal(10, 2), [draws.Normal(20, 2), 0.5, 0.1], mapped);
        var index = graph.AddWithOutput(0.02, 0.4, [new(merge, 0)]);
        graph.AddWithOutput(draws.Normal(6_000, 200), 3, [index]);
        return graph;
    }
}
