using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace TaskGraph.Tests;

public sealed class ClusterControlTests : IAsyncLifetime
{
    private LocalCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1, memoryLimit: "1GiB");
        _client = await Client.ConnectAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_restart_ends_even_code_that_never_ends_and_cancels_every_future()
    {
        var before = await ProcessesAsync();
        var kept = _client.Submit(() => new int[5000]);
        await _client.WhenAllAsync([kept]);
        var endless = _client.Submit(() =>
        {
            while (true)
                GC.KeepAlive(null);
#pragma warning disable CS0162 // The function needs a type.
            return 0;
#pragma warning restore CS0162
        });
        await FailureTests.UntilAsync(() => Processing() == 1);

        await _client.RestartAsync();

        await Assert.ThrowsAsync<TaskCancelledException>(async () => await endless);
        await Assert.ThrowsAsync<TaskCancelledException>(async () => await kept);
        var info = await _client.SchedulerInfoAsync();
        Assert.Equal(2, info.Workers.Count);
        Assert.Empty(before.Intersect(info.Workers.Select(worker => worker.ProcessId)));
        Assert.Equal(0, info.TaskCounts.Values.Sum());
        Assert.Equal(42, await _client.Submit(x => x * 2, 21));
    }

    [Fact]
    public async Task One_worker_is_restarted_and_its_results_are_computed_again()
    {
        var before = await ProcessesAsync();
        var first = _cluster.Workers[0].Name;
        var future = _client.Submit(
            () => new int[5000], new SubmitOptions { Workers = [first], AllowOtherWorkers = true });
        await _client.WhenAllAsync([future]);

        await _client.RestartWorkersAsync([first]);

        Assert.Equal(5000, (await future).Length);
        Assert.Single(before.Intersect(await ProcessesAsync()));
    }

    [Fact]
    public async Task A_shutdown_ends_scheduler_nanny_and_workers()
    {
        var scheduler = Process.GetProcessById(_cluster.SchedulerProcessId);
        var workers = (await ProcessesAsync()).Select(Process.GetProcessById).ToArray();
        var pending = _client.Submit(() => Task.Delay(TimeSpan.FromMinutes(10)));

        await _client.ShutdownAsync("the night");

        await scheduler.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        foreach (var worker in workers)
            await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var lost = await Assert.ThrowsAsync<SchedulerLostException>(async () => await pending);
        Assert.Contains("the night", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_runs_in_the_schedulers_process_and_its_failure_comes_back()
    {
        var offset = 40;

        Assert.Equal(_cluster.SchedulerProcessId, await _client.RunOnSchedulerAsync(() => Environment.ProcessId));
        Assert.Equal(42, await _client.RunOnSchedulerAsync(async () =>
        {
            await Task.Yield();
            return offset + 2;
        }));
        var failure = await Assert.ThrowsAsync<TaskFailedException>(
            () => _client.RunOnSchedulerAsync(() => throw new InvalidOperationException("not here")));
        Assert.Contains("not here", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, await _client.Submit(x => x + 1, 3));
    }

    [Fact]
    public async Task A_run_tells_how_it_ended_on_each_worker_or_leaves_failures_out()
    {
        var bad = _cluster.Workers[0].Name;
        Func<string> function = () => TaskContext.Current!.WorkerName == bad
            ? throw new InvalidOperationException("bad worker")
            : TaskContext.Current.WorkerName;

        var outcomes = await _client.RunOutcomesAsync(function);
        Assert.Equal(2, outcomes.Count);
        var failed = Assert.Single(outcomes, outcome => !outcome.IsSuccess);
        Assert.Equal(bad, failed.WorkerName);
        Assert.Contains("bad worker", failed.Error!.Message, StringComparison.Ordinal);

        var values = await _client.RunAsync(function, onError: RunFailure.Ignore);
        Assert.Equal(_cluster.Workers[1].Name, Assert.Single(values).Value);
        await Assert.ThrowsAsync<TaskFailedException>(() => _client.RunAsync(function));
    }

    [Fact]
    public async Task The_logs_of_scheduler_and_workers_are_read_from_afar()
    {
        var own = await _client.SchedulerLogsAsync();
        Assert.Contains(own, record => record.Text.Contains("joined with 1 threads", StringComparison.Ordinal));
        Assert.All(own, record => Assert.True(record.Level >= LogLevel.Information));

        var logs = await _client.LogsAsync();

        Assert.Equal(_cluster.Workers.Select(worker => worker.Name).Order(), logs.Keys.Order());
        Assert.All(logs.Values, records => Assert.Contains(
            records, record => record.Text.Contains("scheduler", StringComparison.OrdinalIgnoreCase)));
        await Assert.ThrowsAsync<TaskGraphException>(() => _client.LogsAsync(["mars"]));
    }

    private async Task<int[]> ProcessesAsync() =>
        [.. (await _client.SchedulerInfoAsync()).Workers.Select(worker => worker.ProcessId)];

    private long Processing() => _client.SchedulerInfoAsync().GetAwaiter().GetResult().TaskCounts["Processing"];
}
