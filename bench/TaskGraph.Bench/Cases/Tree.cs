namespace TaskGraph.Bench.Cases;

/// <summary>A binary reduction in one graph: 2^(e−1) sources, 2^e − 1 tasks.</summary>
internal sealed class Tree : IBenchCase
{
    // Pure tasks would share the results of the run before.
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "tree";

    public int DefaultTaskCount => (1 << 15) - 1;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        var graph = new GraphBuilder(client);
        int leaves = (setup.TaskCount + 1) / 2;
        var level = new List<GraphTask<long>>(leaves);
        for (int i = 0; i < leaves; i++)
            level.Add(graph.Add(Functions.IncrementLong, (long)i, s_impure));
        while (level.Count > 1)
        {
            var next = new List<GraphTask<long>>((level.Count + 1) / 2);
            for (int i = 0; i + 1 < level.Count; i += 2)
                next.Add(graph.Add(Functions.Add, level[i], level[i + 1], s_impure));
            if (level.Count % 2 == 1)
                next.Add(level[^1]);
            level = next;
        }

        long sum = await graph.Submit(level[0]);
        Functions.Check(setup, (long)leaves * (leaves + 1) / 2, sum);
        return null;
    }
}
