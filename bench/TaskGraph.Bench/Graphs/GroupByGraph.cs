namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's groupby: a time series of n partitions, aggregated twice and joined with its length.</summary>
internal static class GroupByGraph
{
    public static DependencyList Create(int partitions)
    {
        var graph = new DependencyList();
        int[] parts = graph.AddSources(partitions);
        int sums = graph.AddTree(graph.AddEach(parts), width: 8);
        int counts = graph.AddTree(graph.AddEach(parts), width: 8);
        int[] lengths = graph.AddEach(graph.AddEach(parts));
        int means = graph.Add(graph.Add(sums, counts));
        graph.Add(means, graph.Add(lengths));
        return graph;
    }
}
