using System.Globalization;
using TaskGraph.Messages;

namespace TaskGraph.Tests.Faults;

/// <summary>Row 26: tasks that hang, with and without a look at their token, cancelled and out of time.</summary>
public class HangingTaskTests
{
    private const int Neighbours = 20;

    [FaultFact(26)]
    public async Task A_hanging_task_that_looks_at_its_token_ends_when_it_is_cancelled_and_its_process_lives_on()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 1, ThreadsPerWorker = 2 });
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var (path, pid) = (log.Path, cluster.Workers[0].ProcessId);
        var hanging = client.Submit(HangUntil, path, CancellationToken.None);
        var neighbours = client.Map(x => RunCounts.Noted(path, x, 50), Enumerable.Range(0, Neighbours));
        await StartedAsync(log, "hang");
        await hanging.CancelAsync();
        await StartedAsync(log, "end");
        Assert.Equal(Enumerable.Range(0, Neighbours), await client.GatherAsync(neighbours).WithinAsync(30));
        Assert.Equal(2, await client.Submit(static () => 2).ResultAsync().WithinAsync(30));
        Assert.Equal((pid, 1), (cluster.Workers[0].ProcessId, cluster.Workers[0].Starts));
        Assert.All(log.Lines.GroupBy(static line => line), static runs => Assert.Single(runs));
    }

    [FaultFact(26)]
    public async Task A_hanging_task_costs_its_process_and_the_neighbours_run_again_unblamed()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 3, ThreadsPerWorker = 2 });
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var path = log.Path;
        int[] before = [.. cluster.Workers.Select(static worker => worker.ProcessId)];
        var held = client.Submit(() => RunCounts.Noted(path, 1000, 0), On(0));
        await held.ResultAsync().WithinAsync(30);
        var cancelled = client.Submit(() => Hang(path, "hang-cancelled"), On(0));
        var overdue = client.Submit(() => Hang(path, "hang-overdue"), On(1) with { Timeout = TimeSpan.FromSeconds(1) });
        await StartedAsync(log, "hang-cancelled");
        await StartedAsync(log, "hang-overdue");
        // Half of them stand beside each hanging task, and go on one after another beyond its end.
        var neighbours = Enumerable.Range(0, Neighbours)
            .Select(x => client.Submit(() => RunCounts.Noted(path, x, 700), On(x % 2))).ToArray();
        await cancelled.CancelAsync();

        var error = await Assert.ThrowsAsync<TaskFailedException>(() => overdue.ResultAsync().WithinAsync(30));
        Assert.Equal(TaskErrorKind.Timeout, error.Kind);
        await cluster.Workers[0].StartedAsync(2);
        await cluster.Workers[1].StartedAsync(2);
        await cluster.PrintedAsync("a cancelled function did not return");
        Assert.Equal(Enumerable.Range(0, Neighbours), await client.GatherAsync(neighbours).WithinAsync(60));
        Assert.Equal(1001, await client.Submit(static x => x + 1, held).ResultAsync().WithinAsync(30));

        var counts = new RunCounts(log);
        Assert.Empty(counts.RepeatedWithoutLoss(before[0], before[1]));
        Assert.Equal([2, 2, 1], cluster.Workers.Select(static worker => worker.Starts));
        Assert.DoesNotContain(cluster.Output, static line => line.Contains("Worker died", StringComparison.Ordinal));
    }

    [FaultFact(26)]
    public async Task Without_a_nanny_a_hanging_task_costs_a_thread_and_a_warning()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 1, WorkerArguments = ["--no-nanny"] });
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var path = log.Path;
        var overdue = client.Submit(() => Hang(path, "hang"), new SubmitOptions { Timeout = TimeSpan.FromSeconds(1) });
        var error = await Assert.ThrowsAsync<TaskFailedException>(() => overdue.ResultAsync().WithinAsync(30));
        Assert.Equal(TaskErrorKind.Timeout, error.Kind);
        Assert.Equal(2, await client.Submit(static () => 2).ResultAsync().WithinAsync(30));
        await cluster.PrintedAsync("Without a nanny the process lives on");
        Assert.Equal(3, await client.Submit(static () => 3).ResultAsync().WithinAsync(30));
        Assert.Equal(1, cluster.Workers[0].Starts);
    }

    private static SubmitOptions On(int worker)
        => new() { Workers = [string.Create(CultureInfo.InvariantCulture, $"worker-{worker}")] };

    private static Task StartedAsync(RunLog log, string what)
        => Eventually.TrueAsync(() => log.Lines.Any(line => line.StartsWith(what, StringComparison.Ordinal)), what);

    private static int Hang(string path, string name)
    {
        RunLog.Note(path, $"{name} {Environment.ProcessId}");
        while (true)
        {
            Thread.SpinWait(1000);
            if (path.Length == 0)
                return 0;
        }
    }

    private static int HangUntil(string path, CancellationToken cancellation)
    {
        RunLog.Note(path, $"hang {Environment.ProcessId}");
        while (!cancellation.IsCancellationRequested)
            Thread.SpinWait(1000);
        RunLog.Note(path, $"end {Environment.ProcessId}");
        throw new OperationCanceledException(cancellation);
    }
}
