namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's merge: n sources, and one task that takes them all.</summary>
internal static class MergeGraph
{
    public static DependencyList Create(int sources)
    {
        var graph = new DependencyList();
        graph.Add(graph.AddSources(sources));
        return graph;
    }
}
