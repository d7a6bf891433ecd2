namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's elementary set: tasks that take the outputs of several others.</summary>
internal static class Merges
{
    /// <summary>A ring of sources; every task takes two that stand side by side.</summary>
    public static EsteeGraph Neighbours(Draws draws, int count)
    {
        var graph = new EsteeGraph();
        var sources = Sources(graph, draws, count);
        for (int i = 0; i < count; i++)
            graph.Add(draws.Normal(15, 2), [], [sources[i], sources[(i + 1) % count]]);
        return graph;
    }

    /// <summary>Every task takes three sources of its own.</summary>
    public static EsteeGraph Triplets(Draws draws, int count)
    {
        var graph = new EsteeGraph();
        foreach (var three in Sources(graph, draws, count).Chunk(3))
            graph.Add(draws.Normal(15, 2), [], three);
        return graph;
    }

    /// <summary>Every task takes a small and a large output.</summary>
    public static EsteeGraph SmallAndBig(Draws draws, int count)
    {
        var graph = new EsteeGraph();
        var small = new EsteeOutput[count];
        for (int i = 0; i < count; i++)
            small[i] = graph.AddWithOutput(draws.Normal(11, 3), 0.5);
        var big = Sources(graph, draws, count);
        for (int i = 0; i < count; i++)
            graph.Add(draws.Normal(10, 1), [], [small[i], big[i]]);
        return graph;
    }

    /// <summary>One task takes all.</summary>
    public static EsteeGraph Big(Draws draws, int count)
    {
        var graph = new EsteeGraph();
        var sources = new EsteeOutput[count];
        for (int i = 0; i < count; i++)
            sources[i] = graph.AddWithOutput(draws.Normal(17, 3), 100);
        graph.Add(40, [], sources);
        return graph;
    }

    private static EsteeOutput[] Sources(EsteeGraph graph, Draws draws, int count)
    {
        var sources = new EsteeOutput[count];
        for (int i = 0; i < count; i++)
            sources[i] = graph.AddWithOutput(draws.Normal(15, 3), draws.Normal(99, 2.5));
        return sources;
    }
}
