using System.Diagnostics;
using TaskGraph.Bench.Cases;

namespace TaskGraph.Bench.Alone;

/// <summary>
/// A scheduler that knows n tasks is killed (SIGKILL) and started again from its journal: how long until it listens, and
/// until the client and the worker are back.
/// </summary>
internal sealed class RecoveryTime : IBench
{
    /// <summary>They wait for a worker that never comes: what is timed is knowing them again.</summary>
    private static readonly SubmitOptions s_waiting = new() { Pure = false, Workers = ["nobody"] };

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    public string Name => "recovery";

    public int DefaultTaskCount => 1_000_000;

    public async Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation)
    {
        setup = setup with { WorkerCount = 1, ThreadCount = 1 };
        var directory = Directory.CreateTempSubdirectory("taskgraph-recovery-");
        try
        {
            var options = new LocalClusterOptions
            {
                Workers = 1,
                ThreadsPerWorker = 1,
                StateDirectory = directory.FullName,
                StartTimeout = s_patience,
            };
            await using var cluster = await LocalCluster.StartAsync(options, cancellation);
            await using var client = await Client.ConnectAsync(cluster, cancellation);
            var futures = client.Map(Functions.Increment, Enumerable.Range(0, setup.TaskCount), s_waiting);
            await UntilAsync(client, setup.TaskCount, workers: 1, cancellation);
            var runs = new List<(double Seconds, ResultLine Line)>();
            for (int i = 0; i < setup.RepeatCount; i++)
                runs.Add(await TimeAsync(cluster, client, setup, directory, cancellation));
            GC.KeepAlive(futures);
            return [runs.OrderBy(static run => run.Seconds).ElementAt(runs.Count / 2).Line];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<(double Seconds, ResultLine Line)> TimeAsync(
        LocalCluster cluster, Client client, BenchSetup setup, DirectoryInfo directory, CancellationToken cancellation)
    {
        await cluster.KillSchedulerAsync(cancellation);
        long start = Stopwatch.GetTimestamp();
        await cluster.RestartSchedulerAsync(cancellation);
        double listens = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var scheduler = new ProcessFigures(cluster.SchedulerProcessId);
        double cpu = scheduler.CpuSeconds();
        await UntilAsync(client, setup.TaskCount, workers: 0, cancellation);
        double back = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await UntilAsync(client, setup.TaskCount, workers: 1, cancellation);
        double worker = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long bytes = directory.GetFiles("journal-*.log").Sum(static file => file.Length);
        var line = new ResultLine(Name, setup, setup.TaskCount)
            .AddDuration(listens, setup.TaskCount)
            .Add("cpu_seconds", cpu, 3)
            .Add("client_back_seconds", back, 3)
            .Add("worker_back_seconds", worker, 3)
            .Add("journal_bytes_per_task", (double)bytes / setup.TaskCount)
            .Add("scheduler_rss_mb", scheduler.RssMegabytes());
        return (listens, line);
    }

    /// <summary>Waits until the scheduler answers and knows so many tasks and workers.</summary>
    private static async Task UntilAsync(Client client, int tasks, int workers, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_patience);
        while (true)
        {
            var info = await client.SchedulerInfoAsync(patience.Token);
            if (info.TaskCounts.Values.Sum() >= tasks && info.Workers.Count >= workers)
                return;
            await Task.Delay(s_pause, patience.Token);
        }
    }
}
