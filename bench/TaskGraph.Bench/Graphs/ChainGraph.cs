namespace TaskGraph.Bench.Graphs;

/// <summary>Every task takes the one before.</summary>
internal static class ChainGraph
{
    public static DependencyList Create(int tasks)
    {
        var graph = new DependencyList();
        for (int last = graph.Add(); graph.Count < tasks;)
            last = graph.Add(last);
        return graph;
    }
}
