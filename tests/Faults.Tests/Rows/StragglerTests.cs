namespace TaskGraph.Tests.Faults;

/// <summary>Row 8: a worker that gets a tenth of its processor's time.</summary>
public class StragglerTests
{
    private const int TasksPerRound = 6;
    private const int MostRounds = 60;
    private static readonly TimeSpan s_running = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_stopped = TimeSpan.FromMilliseconds(450);

    [FaultFact(8)]
    public async Task A_straggler_is_overtaken_by_a_second_run_where_the_client_allows_it_and_each_task_counts_once()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 3 });
        using var log = new RunLog();
        await WithStragglerAsync(cluster, async () =>
        {
            var rounds = 0;
            do
            {
                await RoundAsync(cluster.Address, log.Path, rounds, speculate: true);
                Assert.True(++rounds < MostRounds, $"no second run in {rounds} rounds");
            }
            while (new RunCounts(log).Repeated == 0);
        });
        Assert.Equal(1, new RunCounts(log).MostRepeated);
        await cluster.PrintedAsync("runs it too");
    }

    [FaultFact(8)]
    public async Task A_straggler_is_waited_for_where_the_client_has_not_allowed_second_runs()
    {
        const int Rounds = 6;
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 3 });
        using var log = new RunLog();
        await WithStragglerAsync(cluster, async () =>
        {
            for (var round = 0; round < Rounds; round++)
                await RoundAsync(cluster.Address, log.Path, round, speculate: false);
        });
        var counts = new RunCounts(log);
        Assert.Equal(Rounds * TasksPerRound, counts.Tasks);
        Assert.Equal(0, counts.Repeated);
    }

    private static async Task RoundAsync(string address, string path, int round, bool speculate)
    {
        await using var client = await Client.ConnectAsync(address);
        using var scope = client.Annotate(speculate: speculate);
        var expected = Enumerable.Range(round * TasksPerRound, TasksPerRound).ToArray();
        var futures = client.Map(x => RunCounts.Noted(path, x, 50), expected);
        Assert.Equal(expected, await client.GatherAsync(futures).WithinAsync(60));
    }

    /// <summary>Stops and continues one of the workers all the time, until <paramref name="work"/> is done.</summary>
    private static async Task WithStragglerAsync(FaultCluster cluster, Func<Task> work)
    {
        var pid = cluster.Workers[0].ProcessId;
        using var done = new CancellationTokenSource();
        var hindering = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                Signals.Stop(pid);
                await Task.Delay(s_stopped);
                Signals.Continue(pid);
                await Task.Delay(s_running);
            }
        });
        try
        {
            await work();
        }
        finally
        {
            await done.CancelAsync();
            await hindering;
        }
    }
}
