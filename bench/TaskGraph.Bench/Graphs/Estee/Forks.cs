namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's elementary set: short chains, and tasks whose outputs go to several others.</summary>
internal static class Forks
{
    /// <summary>Chains of three; the middle one is wide and long.</summary>
    public static EsteeGraph Triplets(Draws draws, int count, int cpus)
    {
        var graph = new EsteeGraph();
        for (int i = 0; i < count; i++)
        {
            var first = graph.AddWithOutput(draws.Normal(5, 1.5), 40);
            var second = graph.AddWithOutput(draws.Normal(120, 20), 120, [first], cpus);
            graph.Add(draws.Normal(32, 3), [], [second]);
        }

        return graph;
    }

    /// <summary>Sources with one output that two tasks take.</summary>
    public static EsteeGraph SharedOutput(Draws draws, int count) => Pairs(draws, count, [100]);

    /// <summary>Sources with an output for each of two tasks.</summary>
    public static EsteeGraph OwnOutputs(Draws draws, int count) => Pairs(draws, count, [100, 100]);

    /// <summary>A source with outputs of 0, 1, 2, … MiB, and a task for each.</summary>
    public static EsteeGraph SizeStairs(int count)
    {
        var graph = new EsteeGraph();
        int source = graph.Add(0.1, [.. Enumerable.Range(0, count).Select(static mib => (double)mib)]);
        foreach (var output in graph.OutputsOf(source))
            graph.Add(20, [], [output]);
        return graph;
    }

    private static EsteeGraph Pairs(Draws draws, int count, double[] outputs)
    {
        var graph = new EsteeGraph();
        for (int i = 0; i < count; i++)
            graph.Add(draws.Normal(17, 3), outputs);
        for (int i = 0; i < count; i++)
        {
            graph.Add(draws.Normal(15, 2), [], [new EsteeOutput(i, 0)]);
            graph.Add(draws.Normal(15, 2), [], [new EsteeOutput(i, outputs.Length - 1)]);
        }

        return graph;
    }
}
