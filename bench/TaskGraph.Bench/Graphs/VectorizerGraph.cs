namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's vectorizer: tasks that have nothing to do with each other.</summary>
internal static class VectorizerGraph
{
    public static DependencyList Create(int tasks)
    {
        var graph = new DependencyList();
        graph.AddSources(tasks);
        return graph;
    }
}
