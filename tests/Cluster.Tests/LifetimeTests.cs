using System.Runtime.CompilerServices;

namespace TaskGraph.Tests;

public sealed class LifetimeTests : IAsyncLifetime
{
    private LocalCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 2, processes: false);
        _client = await Client.ConnectAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_cut_connection_is_made_again_and_nothing_is_lost()
    {
        using var gate = new RunLog();
        var path = gate.Path;
        Func<int, Task<int>> wait = async x =>
        {
            while (!File.Exists(path + "/open"))
                await Task.Delay(5);
            return x;
        };
        var before = _client.Submit(wait, 7, new SubmitOptions { Pure = false });
        _client.CutConnection("a test cuts it");
        var after = _client.Submit(x => x * 2, 21);
        Assert.Equal(42, await after);
        await File.WriteAllTextAsync(path + "/open", "");


        Assert.Equal(7, await before);
    }

    [Fact]
    public async Task Futures_that_nobody_refers_to_any_more_are_released_by_the_collector()
    {
        await MapAndDropAsync();
        await FailureTests.UntilAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return InMemory() == 0;
        });

        Assert.Equal(0, InMemory());
    }

    [Fact]
    public async Task A_task_whose_future_is_dropped_runs_all_the_same_when_it_was_fired_and_forgotten()
    {
        using var log = new RunLog();
        FireAndDrop(log.Path);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await FailureTests.UntilAsync(() => log.Lines.Length == 1);

        Assert.Equal(["ran"], log.Lines);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task MapAndDropAsync()
    {
        await _client.WhenAllAsync(_client.Map(x => x + 1, Enumerable.Range(0, 100)));
        Assert.Equal(100, InMemory());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FireAndDrop(string path) => _client.FireAndForget(_client.Submit(async folder =>
    {
        await Task.Delay(100);
        RunLog.Note(folder, "ran");
    }, path));

    private long InMemory() => _client.SchedulerInfoAsync().GetAwaiter().GetResult().TaskCounts["Memory"];
}
