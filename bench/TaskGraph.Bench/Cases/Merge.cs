namespace TaskGraph.Bench.Cases;

/// <summary>n sources and one task that sums them, submitted as futures: RSDS's merge.</summary>
internal sealed class Merge : IBenchCase
{
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "merge";

    public int DefaultTaskCount => 100_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        int n = setup.TaskCount - 1;
        var sources = client.Map(Functions.Increment, Enumerable.Range(0, n), s_impure);
        long sum = await client.Submit(Functions.Sum, Arg.All(sources), s_impure);
        Functions.Check(setup, (long)n * (n + 1) / 2, sum);
        return null;
    }
}
