namespace TaskGraph.Bench.Cases;

/// <summary>A map whose every value comes back to the client.</summary>
internal sealed class MapGather : IBenchCase
{
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "map-gather";

    public int DefaultTaskCount => 100_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        var futures = client.Map(Functions.Increment, Enumerable.Range(0, setup.TaskCount), s_impure);
        int[] values = await client.GatherAsync(futures);
        for (int i = 0; i < values.Length; i++)
            Functions.Check(setup, i + 1, values[i]);
        return null;
    }
}
