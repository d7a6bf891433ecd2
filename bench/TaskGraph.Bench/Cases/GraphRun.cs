using TaskGraph.Bench.Graphs;

namespace TaskGraph.Bench.Cases;

/// <summary>
/// Runs a graph in which every task is the sum of its inputs plus one, and checks what comes out at its ends.
/// </summary>
internal static class GraphRun
{
    // Pure tasks would share the results of the run before.
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    /// <param name="client">Where to.</param>
    /// <param name="setup">Says whether the workers run the tasks.</param>
    /// <param name="shape">The graph.</param>
    /// <param name="values">What its tasks give: <see cref="DependencyList.Evaluate"/>.</param>
    public static async Task RunAsync(Client client, BenchSetup setup, DependencyList shape, long[] values)
    {
        var graph = new GraphBuilder(client);
        var tasks = new GraphTask<long>[shape.Count];
        for (int i = 0; i < tasks.Length; i++)
            tasks[i] = Add(graph, tasks, shape.InputsOf(i));
        int[] sinks = shape.Sinks();
        var futures = graph.Submit(sinks.Select(sink => tasks[sink]));
        for (int i = 0; i < sinks.Length; i++)
        {
            Functions.Check(setup, values[sinks[i]], await futures[i]);
            futures[i].Dispose();
        }
    }

    private static GraphTask<long> Add(GraphBuilder graph, GraphTask<long>[] tasks, ReadOnlySpan<int> inputs)
    {
        if (inputs.Length == 0)
            return graph.Add(Functions.One, s_impure);
        if (inputs.Length == 1)
            return graph.Add(Functions.IncrementLong, tasks[inputs[0]], s_impure);
        if (inputs.Length == 2)
            return graph.Add(Functions.AddAndOne, tasks[inputs[0]], tasks[inputs[1]], s_impure);
        var taken = new GraphTask<long>[inputs.Length];
        for (int i = 0; i < taken.Length; i++)
            taken[i] = tasks[inputs[i]];
        return graph.Add(Functions.SumAndOne, Arg.All(taken), s_impure);
    }
}
