namespace TaskGraph.Bench.Graphs;

/// <summary>One task that many take.</summary>
internal static class FanOutGraph
{
    public static DependencyList Create(int consumers)
    {
        var graph = new DependencyList();
        int root = graph.Add();
        for (int i = 0; i < consumers; i++)
            graph.Add(root);
        return graph;
    }
}
