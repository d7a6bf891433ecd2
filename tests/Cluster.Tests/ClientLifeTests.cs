using TaskGraph.Scheduler.Server;
using TaskGraph.Worker.Server;

namespace TaskGraph.Tests;

/// <summary>Clients that wait for workers, and clients that are closed.</summary>
public sealed class ClientLifeTests : IAsyncLifetime
{
    private readonly List<WorkerServer> _workers = [];
    private SchedulerServer _scheduler = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _scheduler = await SchedulerServer.StartAsync(new SchedulerServerOptions());
        _client = await Client.ConnectAsync(_scheduler.Address.ToString());
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _scheduler.DisposeAsync();
    }

    [Fact]
    public async Task Waiting_for_workers_ends_when_so_many_have_joined_and_not_before()
    {
        await JoinAsync();
        var one = _client.WaitForWorkersAsync(1);
        var two = _client.WaitForWorkersAsync(2);
        await one;
        Assert.False(two.IsCompleted);

        await JoinAsync();
        await two;
        Assert.Equal(2, (await _client.SchedulerInfoAsync()).Workers.Count);
    }

    [Fact]
    public async Task Waiting_for_workers_that_do_not_come_says_how_many_there_are()
    {
        await JoinAsync();
        await _client.WaitForWorkersAsync(1);

        var late = await Assert.ThrowsAsync<TimeoutException>(
            () => _client.WaitForWorkersAsync(3, TimeSpan.FromMilliseconds(20)));
        Assert.StartsWith("1 of 3 workers joined", late.Message, StringComparison.Ordinal);
        var waiting = _client.WaitForWorkersAsync(3);
        await _client.DisposeAsync();
        await Assert.ThrowsAsync<SchedulerLostException>(() => waiting);
    }

    [Fact]
    public async Task Closing_a_client_gives_its_futures_up_and_leaves_the_cluster_and_other_clients_as_they_are()
    {
        await JoinAsync();
        var other = await Client.ConnectAsync(_scheduler.Address.ToString());
        var mine = _client.Submit(() => 3, new SubmitOptions { Key = "mine" });
        Assert.Equal(3, await mine);
        var theirs = other.Submit(HangAsync, CancellationToken.None, new SubmitOptions { Key = "theirs" });
        var waiting = other.WhenAllAsync([theirs]);

        await other.DisposeAsync();

        await Assert.ThrowsAsync<SchedulerLostException>(() => waiting);
        Assert.Equal(FutureStatus.Lost, theirs.Status);
        Assert.Throws<ObjectDisposedException>(() => other.Submit(() => 1));
        // The worker's only thread is free again, and nothing of the other client is left.
        Assert.Equal(4, await _client.Submit(three => three + 1, mine));
        Assert.Equal(["mine"], (await _client.BytesAsync()).Keys.Where(key => key is "mine" or "theirs"));
    }

    private static async Task<int> HangAsync(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return 1;
    }

    private async Task JoinAsync() => _workers.Add(await WorkerServer.StartAsync(new WorkerServerOptions
    {
        Scheduler = _scheduler.Address,
        Threads = 1,
        Name = $"life-{_workers.Count}",
        SharesProcess = true,
    }));
}
