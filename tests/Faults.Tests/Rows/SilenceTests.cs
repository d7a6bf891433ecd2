using System.Diagnostics;

namespace TaskGraph.Tests.Faults;

/// <summary>Rows 2, 9, 11 and 12: processes and connections that fall silent, for less and for more than a lease (10 s).</summary>
public class SilenceTests
{
    private const int Tasks = 300;
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(16);

    [FaultFact(2)]
    public async Task A_worker_that_is_stopped_for_five_seconds_loses_nothing_and_nothing_runs_twice()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 3 });
        await DisturbedAsync(cluster, async () =>
        {
            var pid = cluster.Workers[0].ProcessId;
            Signals.Stop(pid);
            await Task.Delay(s_short);
            Signals.Continue(pid);
        });
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
    }

    [FaultFact(2)]
    public async Task The_work_of_a_worker_that_is_stopped_beyond_its_lease_moves_and_its_late_results_count_once()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 3 });
        var pid = cluster.Workers[0].ProcessId;
        await DisturbedAsync(
            cluster,
            async () =>
            {
                Signals.Stop(pid);
                await Task.Delay(s_long);
                Signals.Continue(pid);
            },
            pid);
        await WorkersAsync(cluster.Address, 3);
    }

    [FaultFact(9)]
    public async Task A_half_open_connection_is_noticed_and_replaced_and_nothing_runs_twice()
    {
        await using var cluster = await RoutedCluster.StartAsync(3);
        var before = cluster.Proxies[0].Connections;
        await DisturbedAsync(cluster.Cluster, async () =>
        {
            cluster.Proxies[0].MuteConnectionsOfNow();
            var muted = Stopwatch.StartNew();
            await Eventually.TrueAsync(() => cluster.Proxies[0].Connections > before, "a second connection", 10);
            Figures.Note(9, $"a second connection after {muted.Elapsed.TotalSeconds:0.0} s");
        });
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
    }

    [FaultFact(11)]
    public Task A_cut_shorter_than_the_lease_recomputes_nothing_upward() => ShortCutAsync(static proxy => proxy.Upward);

    [FaultFact(11)]
    public Task A_cut_shorter_than_the_lease_recomputes_nothing_downward() => ShortCutAsync(static proxy => proxy.Downward);

    [FaultFact(11)]
    public async Task A_reset_connection_is_resumed_and_recomputes_nothing()
    {
        await using var cluster = await RoutedCluster.StartAsync(3);
        await DisturbedAsync(cluster.Cluster, async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                cluster.Proxies[i % 3].ResetAll();
                await Task.Delay(300);
            }
        });
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
    }

    [FaultFact(11)]
    public async Task A_cut_longer_than_the_lease_moves_the_work_and_the_worker_comes_back_with_what_it_holds()
    {
        await using var cluster = await RoutedCluster.StartAsync(3);
        var pid = cluster.Workers[0].ProcessId;
        await DisturbedAsync(
            cluster.Cluster,
            async () =>
            {
                cluster.Proxies[0].Upward.IsSilent = cluster.Proxies[0].Downward.IsSilent = true;
                await Task.Delay(s_long);
                cluster.Proxies[0].Upward.IsSilent = cluster.Proxies[0].Downward.IsSilent = false;
            },
            pid);
        await WorkersAsync(cluster.Address, 3);
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
    }

    [FaultFact(12)]
    public async Task When_half_of_the_workers_fall_silent_at_once_nobody_is_evicted_for_one_more_lease()
    {
        await using var cluster = await RoutedCluster.StartAsync(4);
        await using var watcher = await Client.ConnectAsync(cluster.Address);
        await DisturbedAsync(cluster.Cluster, async () =>
        {
            Silence(true);
            await Task.Delay(TimeSpan.FromSeconds(13));
            Assert.Equal(4, (await watcher.SchedulerInfoAsync()).Workers.Count);
            Silence(false);
        });
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));

        void Silence(bool isSilent)
        {
            for (var i = 0; i < 2; i++)
                cluster.Proxies[i].Upward.IsSilent = cluster.Proxies[i].Downward.IsSilent = isSilent;
        }
    }

    private static async Task ShortCutAsync(Func<ChaosProxy, Toxics> direction)
    {
        await using var cluster = await RoutedCluster.StartAsync(3);
        await DisturbedAsync(cluster.Cluster, async () =>
        {
            direction(cluster.Proxies[0]).IsSilent = true;
            await Task.Delay(s_short);
            direction(cluster.Proxies[0]).IsSilent = false;
        });
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
    }

    /// <summary>Has tasks run while something happens; all values are right, and only what was lost runs again.</summary>
    private static async Task DisturbedAsync(FaultCluster cluster, Func<Task> disturbance, params int[] silent)
    {
        using var log = new RunLog();
        var path = log.Path;
        await using var client = await Client.ConnectAsync(cluster.Address);
        var leaves = client.Map(x => RunCounts.Noted(path, x, 40), Enumerable.Range(0, Tasks));
        var sums = leaves.Chunk(10)
            .Select(chunk => client.Submit(static (IEnumerable<int> values) => values.Sum(), chunk)).ToArray();
        var total = client.Submit(static (IEnumerable<int> values) => values.Sum(), sums);
        await Eventually.TrueAsync(() => log.Lines.Length > Tasks / 10, "work is under way");
        await disturbance();
        Assert.Equal(Tasks * (Tasks - 1) / 2, await total.ResultAsync(TimeSpan.FromSeconds(90)));
        await client.WhenAllAsync(leaves);
        var counts = new RunCounts(log);
        Assert.Equal(Tasks, counts.Tasks);
        Assert.Empty(counts.RepeatedOutside(silent));
    }

    private static async Task WorkersAsync(string address, int count)
    {
        await using var client = await Client.ConnectAsync(address);
        await client.WaitForWorkersAsync(count, TimeSpan.FromSeconds(30));
    }
}
