using System.Diagnostics;

namespace TaskGraph.Bench;

/// <summary>Starts a cluster of processes, warms it up, times a case, and prints the median run.</summary>
internal static class BenchRunner
{
    public static async Task RunAsync(IBenchCase one, BenchSetup setup, CancellationToken cancellation)
    {
        await using var cluster = await LocalCluster.StartAsync(
            setup.WorkerCount, setup.ThreadCount, cancellationToken: cancellation);
        await using var client = await Client.ConnectAsync(cluster, cancellation);
        await client.WaitForWorkersAsync(setup.WorkerCount, cancellationToken: cancellation);
        var info = await client.SchedulerInfoAsync(cancellation);
        var scheduler = new ProcessFigures(info.SchedulerProcessId);

        // Tiered compilation needs a few rounds on all sides before figures settle.
        var warmUp = setup with { TaskCount = Math.Min(setup.TaskCount, 20_000) };
        for (int i = 0; i < 3; i++)
            await one.RunAsync(client, warmUp);

        var runs = new List<ResultLine>();
        for (int i = 0; i < setup.RepeatCount; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double cpuBefore = scheduler.CpuSeconds();
            long start = Stopwatch.GetTimestamp();
            var figures = await one.RunAsync(client, setup);
            double seconds = figures?.Seconds ?? Stopwatch.GetElapsedTime(start).TotalSeconds;
            runs.Add(new ResultLine(one.Name, setup, seconds, scheduler.CpuSeconds() - cpuBefore, scheduler.RssMegabytes(), figures));
        }

        Console.WriteLine(runs.OrderBy(run => run.Seconds).ElementAt(runs.Count / 2).ToJson());
    }
}
