namespace TaskGraph.Bench.Cases;

/// <summary>n tasks, each waiting for the one before: the price of a dependent step. The graph is sent at once.</summary>
internal sealed class Chain : IBenchCase
{
    // Pure tasks would share the results of the run before.
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "chain";

    public int DefaultTaskCount => 10_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        var graph = new GraphBuilder(client);
        var link = graph.Add(Functions.IncrementLong, 0L, s_impure);
        for (int i = 1; i < setup.TaskCount; i++)
            link = graph.Add(Functions.IncrementLong, link, s_impure);
        Functions.Check(setup.TaskCount, await graph.Submit(link));
        return null;
    }
}
