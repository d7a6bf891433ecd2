using System.Diagnostics;

namespace TaskGraph.Bench.Alone;

/// <summary>What an idle cluster costs, and how long a worker takes from its start to its registration.</summary>
internal sealed class Idle : IBench
{
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(2);

    public string Name => "idle";

    public int DefaultTaskCount => 0;

    public async Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation)
    {
        await using var cluster = await LocalCluster.StartAsync(
            workers: 1, threadsPerWorker: setup.ThreadCount, cancellationToken: cancellation);
        await Task.Delay(s_settling, cancellation);
        double scheduler = new ProcessFigures(cluster.SchedulerProcessId).RssMegabytes();
        double worker = new ProcessFigures(cluster.Workers[0].ProcessId).RssMegabytes();
        var starts = new List<double>();
        for (int i = 0; i < setup.RepeatCount; i++)
            starts.Add(await StartWorkerAsync(cluster.Address, $"started-{i}", cancellation));
        starts.Sort();
        return
        [
            new ResultLine(Name, setup, tasks: 0)
                .Add("scheduler_rss_mb", scheduler)
                .Add("worker_rss_mb", worker)
                .Add("worker_start_ms", starts[starts.Count / 2]),
        ];
    }

    private static async Task<double> StartWorkerAsync(string scheduler, string name, CancellationToken cancellation)
    {
        var start = ProgramCommand.Create("taskgraph-worker", new LocalClusterOptions());
        foreach (string argument in new[] { scheduler, "--no-nanny", "--nthreads", "1", "--name", name })
            start.ArgumentList.Add(argument);
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long begin = Stopwatch.GetTimestamp();
        await using var worker = ProgramProcess.Start(
            start,
            name,
            line => line.StartsWith("Worker at: ", StringComparison.Ordinal) && registered.TrySetResult(),
            output: null);
        await Task.WhenAny(registered.Task, worker.Ended).WaitAsync(cancellation);
        if (!registered.Task.IsCompleted)
            throw worker.Failure();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
