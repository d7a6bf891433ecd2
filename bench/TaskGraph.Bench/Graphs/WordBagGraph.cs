namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's wordbag: per partition a text read, cleaned and counted, and two other looks at it.</summary>
internal static class WordBagGraph
{
    public static DependencyList Create(int partitions)
    {
        var graph = new DependencyList();
        for (int i = 0; i < partitions; i++)
        {
            int text = graph.Add();
            graph.Add(graph.Add(text));
            graph.Add(text);
            graph.Add(text);
        }

        return graph;
    }
}
