namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's bag: a bag of p partitions times itself, filtered and counted by a tree of eights.</summary>
internal static class BagGraph
{
    public static DependencyList Create(int partitions)
    {
        var graph = new DependencyList();
        int[] filtered = graph.AddEach(graph.AddSources(partitions));
        var products = new int[partitions * partitions];
        for (int i = 0; i < partitions; i++)
        {
            for (int j = 0; j < partitions; j++)
            {
                products[(i * partitions) + j] =
                    i == j ? graph.Add(filtered[i]) : graph.Add(filtered[i], filtered[j]);
            }
        }

        graph.AddTree(graph.AddEach(products), width: 8);
        return graph;
    }
}
