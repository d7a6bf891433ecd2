namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's numpy: y = x + xᵀ of p × p blocks, the right half of it, means of rows, and their sum.</summary>
internal static class NumpyGraph
{
    public static DependencyList Create(int blocks)
    {
        var graph = new DependencyList();
        int half = blocks / 2;
        int[,] source = Sources(graph, blocks, half);
        var rows = new int[blocks];
        var sums = new int[blocks - half];
        for (int i = 0; i < blocks; i++)
        {
            for (int j = half; j < blocks; j++)
            {
                int transposed = graph.Add(source[j, i]);
                sums[j - half] = i == j ? graph.Add(transposed) : graph.Add(source[i, j], transposed);
            }

            rows[i] = graph.Add(graph.AddTree(sums, width: 4));
        }

        graph.AddTree(rows, width: 4);
        return graph;
    }

    /// <summary>Only the blocks that the right half needs.</summary>
    private static int[,] Sources(DependencyList graph, int blocks, int half)
    {
        var source = new int[blocks, blocks];
        for (int i = 0; i < blocks; i++)
        {
            for (int j = 0; j < blocks; j++)
                source[i, j] = i >= half || j >= half ? graph.Add() : -1;
        }

        return source;
    }
}
