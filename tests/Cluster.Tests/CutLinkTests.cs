using TaskGraph.Scheduler.Server;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace TaskGraph.Tests;

/// <summary>The connection between workers and scheduler is cut for less than the lease.</summary>
public sealed class CutLinkTests : IAsyncLifetime, IDisposable
{
    private SchedulerServer _scheduler = null!;
    private LinkRelay _relay = null!;
    private readonly List<WorkerServer> _workers = [];

    public async Task InitializeAsync()
    {
        _scheduler = await SchedulerServer.StartAsync(new SchedulerServerOptions());
        _relay = new LinkRelay(_scheduler.Address.Port);
        for (var i = 0; i < 3; i++)
        {
            _workers.Add(await WorkerServer.StartAsync(new WorkerServerOptions
            {
                Scheduler = new Address(Address.Tcp, "127.0.0.1", _relay.Port),
                Threads = 2,
                Name = $"cut-{i}",
                SharesProcess = true,
            }));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _scheduler.DisposeAsync();
    }

    public void Dispose() => _relay.Dispose();

    [Fact]
    [Trait("Fault", "11")]
    public async Task Links_that_are_cut_again_and_again_for_less_than_the_lease_cost_no_run_and_no_result()
    {
        const int Count = 3000;
        using var log = new RunLog();
        var path = log.Path;
        await using var client = await Client.ConnectAsync(_scheduler.Address.ToString());
        var leaves = client.Map(x => Noted(path, x), Enumerable.Range(0, Count));
        var sums = leaves.Chunk(10).Select(ten => client.Submit(Sum, (IEnumerable<Future<int>>)ten)).ToArray();
        var total = client.Submit(Sum, (IEnumerable<Future<int>>)sums);
        for (var cut = 0; cut < 5; cut++)
        {
            var before = log.Lines.Length;
            await FailureTests.UntilAsync(() => log.Lines.Length > before || log.Lines.Length == Count);
            _relay.Cut();
            _relay.Heal();
        }

        Assert.Equal(Count * (Count - 1) / 2, await total);
        Assert.Equal(Count, log.Lines.Length);
        Assert.Equal(Count, log.Lines.Distinct().Count());
    }

    [Fact]
    [Trait("Fault", "11")]
    public async Task Tasks_run_on_while_the_link_is_cut_and_their_results_count_when_it_is_back()
    {
        using var log = new RunLog();
        var path = log.Path;
        await using var client = await Client.ConnectAsync(_scheduler.Address.ToString());
        var runs = client.Map(x => StartedThenEnded(path, x), Enumerable.Range(0, 6));
        await FailureTests.UntilAsync(() => log.Lines.Count(line => line.StartsWith("start", StringComparison.Ordinal)) == 6);

        _relay.Cut();
        File.WriteAllText(Path.Combine(path, "go"), "");
        await FailureTests.UntilAsync(() => log.Lines.Count(line => line.StartsWith("end", StringComparison.Ordinal)) == 6);
        Assert.All(runs, run => Assert.Equal(FutureStatus.Pending, run.Status));
        _relay.Heal();

        Assert.Equal(new[] { 0, 1, 2, 3, 4, 5 }, await client.GatherAsync(runs));
        Assert.Equal(12, log.Lines.Length);
    }

    private static int Noted(string path, int x)
    {
        RunLog.Note(path, $"{x}");
        return x;
    }

    private static int StartedThenEnded(string path, int x)
    {
        RunLog.Note(path, $"start {x}");
        SpinWait.SpinUntil(() => File.Exists(Path.Combine(path, "go")));
        RunLog.Note(path, $"end {x}");
        return x;
    }

    private static int Sum(IEnumerable<int> values) => values.Sum();
}
