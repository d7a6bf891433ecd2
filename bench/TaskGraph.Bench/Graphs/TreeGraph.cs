namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's tree: 2^(levels − 1) sources, added up in pairs; 2^levels − 1 tasks.</summary>
internal static class TreeGraph
{
    public static DependencyList Create(int levels)
    {
        var graph = new DependencyList();
        graph.AddTree(graph.AddSources(1 << (levels - 1)), width: 2);
        return graph;
    }
}
