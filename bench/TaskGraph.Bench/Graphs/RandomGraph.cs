namespace TaskGraph.Bench.Graphs;

/// <summary>Tasks of up to four inputs from the last so many before them, and one task that takes all ends.</summary>
internal static class RandomGraph
{
    private const int MaxInputs = 4;

    /// <param name="tasks">Tasks in all, with the last one.</param>
    /// <param name="window">How far back an input may lie.</param>
    /// <param name="seed">Equal seeds give equal graphs.</param>
    public static DependencyList Create(int tasks, int window, int seed)
    {
        var graph = new DependencyList();
        var random = new Random(seed);
        Span<int> inputs = stackalloc int[MaxInputs];
        for (int task = 0; task < tasks - 1; task++)
        {
            int wanted = random.Next(MaxInputs + 1);
            int count = 0;
            for (int i = 0; i < wanted && task > 0; i++)
            {
                int input = random.Next(Math.Max(0, task - window), task);
                if (!inputs[..count].Contains(input))
                    inputs[count++] = input;
            }

            graph.Add(inputs[..count]);
        }

        graph.Add(graph.Sinks());
        return graph;
    }
}
