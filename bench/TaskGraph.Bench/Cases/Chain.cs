using System.Collections.Concurrent;
using System.Diagnostics;

namespace TaskGraph.Bench.Cases;

/// <summary>
/// n tasks, each waiting for the one before: the price of a dependent step. The graph is sent at once; every link notes
/// on its worker when it ran, and the figure is the median time from one link to the next.
/// </summary>
internal sealed class Chain : IBenchCase
{
    // Pure tasks would share the results of the run before.
    private static readonly SubmitOptions s_impure = new() { Pure = false };
    private static readonly ConcurrentQueue<long> s_times = new();

    public string Name => "chain";

    public int DefaultTaskCount => 10_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        long start = Stopwatch.GetTimestamp();
        var graph = new GraphBuilder(client);
        var link = graph.Add(Link, 0L, s_impure);
        for (int i = 1; i < setup.TaskCount; i++)
            link = graph.Add(Link, link, s_impure);
        Functions.Check(setup, setup.TaskCount, await graph.Submit(link));
        var figures = new CaseFigures
        {
            Tasks = setup.TaskCount,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        return setup.ZeroWorkers ? figures : WithSteps(figures, await client.RunAsync(TakeTimes));
    }

    private static CaseFigures WithSteps(CaseFigures figures, IReadOnlyDictionary<string, long[]> times)
    {
        long[] all = [.. times.Values.SelectMany(static one => one).Order()];
        if (all.Length != figures.Tasks)
            throw new InvalidOperationException($"{all.Length} links ran instead of {figures.Tasks}.");
        var steps = new double[all.Length - 1];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = Stopwatch.GetElapsedTime(all[i], all[i + 1]).TotalMicroseconds;
        Array.Sort(steps);
        return figures with { P50Us = steps[steps.Length / 2], P99Us = steps[steps.Length * 99 / 100] };
    }

    private static long Link(long x)
    {
        s_times.Enqueue(Stopwatch.GetTimestamp());
        return x + 1;
    }

    private static long[] TakeTimes()
    {
        long[] times = [.. s_times];
        s_times.Clear();
        return times;
    }
}
