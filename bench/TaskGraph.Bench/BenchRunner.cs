using System.Diagnostics;

namespace TaskGraph.Bench;

/// <summary>Starts a cluster of processes, warms it up, times a case, and tells of the median run.</summary>
/// <param name="one">The case.</param>
/// <param name="stateDirectory">Where the scheduler keeps a journal; null = it keeps none.</param>
internal sealed class BenchRunner(IBenchCase one, string? stateDirectory = null) : IBench
{
    // Tiered compilation needs a few rounds on all sides before figures settle, and some time: short ones are repeated.
    private const int WarmUpRounds = 3;
    private static readonly TimeSpan s_warmUpTime = TimeSpan.FromSeconds(2);

    public string Name => one.Name;

    public int DefaultTaskCount => one.DefaultTaskCount;

    public async Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation)
    {
        var options = new LocalClusterOptions
        {
            Workers = setup.WorkerCount,
            ThreadsPerWorker = setup.ThreadCount,
            ZeroWorkers = setup.ZeroWorkers,
            Resources = one.Resources(setup),
            StateDirectory = stateDirectory,
            StartTimeout = TimeSpan.FromMinutes(2),
        };
        await using var cluster = await LocalCluster.StartAsync(options, cancellation);
        await using var client = await Client.ConnectAsync(cluster, cancellation);
        await client.WaitForWorkersAsync(setup.WorkerCount, cancellationToken: cancellation);
        var scheduler = new ProcessFigures(cluster.SchedulerProcessId);
        var warmUp = setup with { TaskCount = Math.Min(setup.TaskCount, one.WarmUpTaskCount) };
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUpRounds || Stopwatch.GetElapsedTime(begin) < s_warmUpTime; i++)
            await one.RunAsync(client, warmUp);
        var runs = new List<(double Seconds, ResultLine Line)>();
        for (int i = 0; i < (one.IsOnceOnly ? 1 : setup.RepeatCount); i++)
        {
            cancellation.ThrowIfCancellationRequested();
            runs.Add(await TimeAsync(client, scheduler, setup));
        }

        return [runs.OrderBy(static run => run.Seconds).ElementAt(runs.Count / 2).Line];
    }

    private async Task<(double Seconds, ResultLine Line)> TimeAsync(
        Client client, ProcessFigures scheduler, BenchSetup setup)
    {
        GC.Collect();
        double cpuBefore = scheduler.CpuSeconds();
        var clientCpuBefore = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        var figures = await one.RunAsync(client, setup);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double cpu = scheduler.CpuSeconds() - cpuBefore;
        double clientCpu = (Environment.CpuUsage.TotalTime - clientCpuBefore).TotalSeconds;
        double? bare = one.BareSeconds(setup);
        var info = await client.SchedulerInfoAsync();

        // A case that times single tasks says so by giving their seconds.
        int tasks = figures?.Tasks ?? (figures?.Seconds is null ? setup.TaskCount : 1);
        seconds = figures?.Seconds ?? seconds;
        var line = new ResultLine(one.Name, setup, tasks)
            .AddDuration(seconds, tasks)
            .Add("scheduler_cpu_us_per_task", tasks > 1 ? cpu / tasks * 1e6 : null, 3)
            .Add("client_cpu_us_per_task", tasks > 1 ? clientCpu / tasks * 1e6 : null, 3)
            .Add("gc_pause_max_ms", info.LongestGcPause.TotalMilliseconds, 3)
            .Add("scheduler_rss_mb", scheduler.RssMegabytes())
            .Add("bytes_per_task", figures?.BytesPerTask)
            .Add("p50_us", figures?.P50Us)
            .Add("p99_us", figures?.P99Us)
            .Add("metg_us", figures?.MetgUs)
            .Add("mb_per_second", figures?.MegabytesPerSecond)
            .Add("lower_bound_seconds", figures?.LowerBoundSeconds, 4)
            .Add("over_lower_bound", seconds / figures?.LowerBoundSeconds, 4)
            .Add("bare_seconds", bare, 4)
            .Add("over_bare", seconds / bare, 4)
            .Add("scale", figures?.Scale, 6);
        return (seconds, line);
    }
}
