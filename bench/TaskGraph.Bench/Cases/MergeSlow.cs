namespace TaskGraph.Bench.Cases;

/// <summary>n sleeping tasks and one that sums them: how near the makespan comes to its lower bound.</summary>
internal sealed class MergeSlow : IBenchCase
{
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "merge-slow";

    public int DefaultTaskCount => 5_000;

    public int WarmUpTaskCount => 5_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        int threads = setup.WorkerCount * setup.ThreadCount;
        int n = setup.TaskCount;
        var sleeps = client.Map(Functions.Sleep, Enumerable.Repeat(setup.SleepMs, n), s_impure);
        long sum = await client.Submit(Functions.Sum, Arg.All(sleeps), s_impure);
        Functions.Check(setup, n, sum);
        double rounds = Math.Max(1, (double)n / threads);
        return new CaseFigures
        {
            Tasks = n + 1,
            LowerBoundSeconds = rounds * setup.SleepMs / 1000,
        };
    }

    public double? BareSeconds(BenchSetup setup) =>
        BareSleeps.Measure(setup.TaskCount, setup.WorkerCount * setup.ThreadCount, setup.SleepMs);
}
