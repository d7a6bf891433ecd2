using System.Diagnostics;

namespace TaskGraph.Tests.Faults;

/// <summary>Row 7: a slow network card. The longest test of all, and one that only waits.</summary>
public class SlowNetworkTests
{
    [FaultFact(7)]
    public async Task A_worker_behind_a_slow_network_card_keeps_beating_while_it_sends_for_longer_than_the_lease()
    {
        const int Values = 40;
        const int Bytes = 500_000;
        const int Kilobits = 1000;
        await using var spaces = await NetworkNamespaces.CreateAsync(2);
        await using var cluster = await StartAsync(spaces);
        await using var client = await Client.ConnectAsync(cluster.Address);
        SubmitOptions here = new() { Workers = ["worker-0"] };
        SubmitOptions there = new() { Workers = ["worker-1"] };
        var parts = client.Map(static seed => Noise(seed, Bytes), Enumerable.Range(0, Values), here).ToArray();
        await client.WhenAllAsync(parts);

        await NetworkNamespaces.ShapeAsync(spaces.SpaceOf(0), Kilobits);
        var shaped = Stopwatch.StartNew();
        var sums = parts.Select(part => client.Submit(static (byte[] bytes) => bytes.Sum(static b => (long)b), part, there));
        var values = await client.GatherAsync(sums.ToArray()).WithinAsync(280);

        Figures.Note(7, $"{Values * Bytes / 1_000_000} MB in {shaped.Elapsed.TotalSeconds:0} s");
        Assert.Equal(Enumerable.Range(0, Values).Select(static seed => Noise(seed, Bytes).Sum(static b => (long)b)), values);
        await AssertNobodyWentAsync(cluster, client);
        Assert.DoesNotContain(cluster.Output, static line => line.Contains("is silent", StringComparison.Ordinal));
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

    private static byte[] Noise(int seed, int bytes)
    {
        var noise = new byte[bytes];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
