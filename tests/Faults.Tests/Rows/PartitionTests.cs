namespace TaskGraph.Tests.Faults;

/// <summary>Row 10: workers that cannot reach each other.</summary>
public class PartitionTests
{
    private const int Leaves = 100;
    private static readonly TimeSpan s_cut = TimeSpan.FromSeconds(60);

    [FaultFact(10)]
    public async Task Workers_that_cannot_reach_each_other_finish_a_graph_across_both_and_none_of_them_is_given_up()
    {
        await using var spaces = await NetworkNamespaces.CreateAsync(2);
        await using var cluster = await StartAsync(spaces);
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var path = log.Path;
        var leaves = client.Map(x => RunCounts.Noted(path, x, 50), Enumerable.Range(0, Leaves)).ToArray();
        var sums = Enumerable.Range(0, Leaves)
            .Select(i => client.Submit(static (int a, int b) => a + b, leaves[i], leaves[((i * 37) + 1) % Leaves])).ToArray();
        await Eventually.TrueAsync(() => log.Lines.Length > Leaves / 5, "work is under way");

        await CutAsync(spaces);
        var values = client.GatherAsync(sums).WithinAsync(150);
        await Task.WhenAll(values, Task.Delay(s_cut));

        Assert.Equal(
            Enumerable.Range(0, Leaves).Select(static i => i + (((i * 37) + 1) % Leaves)), await values);
        await AssertNobodyWentAsync(cluster, client);
        await cluster.PrintedAsync("cannot reach");
        await HealAsync();
        var total = client.Submit(static (IEnumerable<int> values) => values.Sum(), leaves);
        Assert.Equal(Leaves * (Leaves - 1) / 2, await total.ResultAsync(TimeSpan.FromSeconds(60)));

        async Task HealAsync()
        {
            await NetworkNamespaces.HealAsync(spaces.SpaceOf(0), spaces.AddressOf(1));
            await NetworkNamespaces.HealAsync(spaces.SpaceOf(1), spaces.AddressOf(0));
        }
    }

    [FaultFact(10)]
    public async Task A_value_larger_than_a_relay_may_hold_passes_between_workers_that_never_reach_each_other()
    {
        const int MiB = 1 << 20;
        const int Bytes = 200 * MiB;
        await using var spaces = await NetworkNamespaces.CreateAsync(2);
        await CutAsync(spaces);
        await using var cluster = await StartAsync(spaces);
        await using var client = await Client.ConnectAsync(cluster.Address);
        var large = client.Submit(static () => Pattern(Bytes), new SubmitOptions { Workers = ["worker-0"] });
        await client.WaitAsync([large]).WithinAsync(60);
        var before = Signals.PeakMemory(cluster.SchedulerProcessId);

        var isSame = client.Submit(
            static value => value.AsSpan().SequenceEqual(Pattern(Bytes)), large, new SubmitOptions { Workers = ["worker-1"] });

        Assert.True(await isSame.ResultAsync().WithinAsync(90));
        Assert.InRange(Signals.PeakMemory(cluster.SchedulerProcessId), 0, before + (64 * MiB));
        await AssertNobodyWentAsync(cluster, client);
    }

    private static byte[] Pattern(int bytes)
    {
        var result = new byte[bytes];
        for (var i = 0; i < bytes; i += 1021)
            result[i] = (byte)(i >> 10);
        return result;
    }

    private static async Task CutAsync(NetworkNamespaces spaces)
    {
        await NetworkNamespaces.CutAsync(spaces.SpaceOf(0), spaces.AddressOf(1));
        await NetworkNamespaces.CutAsync(spaces.SpaceOf(1), spaces.AddressOf(0));
    }

    private static Task<FaultCluster> StartAsync(NetworkNamespaces spaces)
        => FaultCluster.StartAsync(
            new FaultClusterOptions { Workers = 2, Namespaces = spaces, SchedulerHost = spaces.SchedulerAddress });

    private static async Task AssertNobodyWentAsync(FaultCluster cluster, Client client)
    {
        Assert.Equal(2, (await client.SchedulerInfoAsync()).Workers.Count);
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
        Assert.DoesNotContain(cluster.Output, static line => line.Contains("is gone (", StringComparison.Ordinal));
    }
}
