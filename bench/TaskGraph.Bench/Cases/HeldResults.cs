namespace TaskGraph.Bench.Cases;

/// <summary>A map whose futures are all held: what the scheduler keeps of a finished task.</summary>
internal sealed class HeldResults : IBenchCase
{
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "memory";

    public int DefaultTaskCount => 1_000_000;

    // Memory that was grown once is used again.
    public bool IsOnceOnly => true;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        var scheduler = new ProcessFigures((await client.SchedulerInfoAsync()).SchedulerProcessId);
        double before = scheduler.RssMegabytes();
        var futures = client.Map(Functions.Increment, Enumerable.Range(0, setup.TaskCount), s_impure);
        await client.WaitAsync(futures);
        double after = scheduler.RssMegabytes();
        foreach (var future in futures)
            future.Dispose();
        return new CaseFigures { BytesPerTask = (after - before) * (1 << 20) / setup.TaskCount };
    }
}
