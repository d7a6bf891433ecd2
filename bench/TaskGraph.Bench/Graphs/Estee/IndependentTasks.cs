namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's elementary set: tasks without inputs or outputs, which differ in duration and width.</summary>
internal static class IndependentTasks
{
    private static readonly int[] s_means = [10, 20, 60, 180];

    /// <summary>Normal durations around one of four means.</summary>
    public static EsteeGraph Plain1n(Draws draws, int count) => Plain(draws, count, mostCpus: 1);

    /// <summary>The same, on one to three processors each.</summary>
    public static EsteeGraph Plain1Cpus(Draws draws, int count) => Plain(draws, count, mostCpus: 3);

    /// <summary>Exponential durations.</summary>
    public static EsteeGraph Plain1e(Draws draws, int count)
    {
        var graph = new EsteeGraph();
        for (int i = 0; i < count; i++)
            graph.Add(draws.Exponential(60), []);
        return graph;
    }

    /// <summary>Two tasks of each number of seconds from 0.</summary>
    public static EsteeGraph DurationStairs(int count)
    {
        var graph = new EsteeGraph();
        for (int i = 0; i < count; i++)
        {
            graph.Add(i, []);
            graph.Add(i, []);
        }

        return graph;
    }

    private static EsteeGraph Plain(Draws draws, int count, int mostCpus)
    {
        var graph = new EsteeGraph();
        for (int i = 0; i < count; i++)
        {
            double mean = s_means[draws.Below(s_means.Length)];
            graph.Add(draws.Normal(mean, mean / 10), [], cpus: 1 + draws.Below(mostCpus));
        }

        return graph;
    }
}
