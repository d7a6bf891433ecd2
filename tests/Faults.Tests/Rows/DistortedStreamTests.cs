namespace TaskGraph.Tests.Faults;

/// <summary>Rows 16 and 17: what a connection carries arrives damaged, twice or in another order.</summary>
public class DistortedStreamTests
{
    private const int Leaves = 400;

    [FaultFact(16)]
    public async Task Frames_said_twice_or_in_another_order_leave_the_same_values_and_no_task_behind()
    {
        await using var cluster = await RoutedCluster.StartAsync(2);
        foreach (var proxy in cluster.Proxies)
        {
            proxy.Upward.FramesPerDuplicate = proxy.Upward.FramesPerSwap = 10;
            proxy.Downward.FramesPerDuplicate = proxy.Downward.FramesPerSwap = 10;
            proxy.ResetAll();
        }
        await using var client = await Client.ConnectAsync(cluster.Address);
        await ComputesAsync(client);
    }

    [FaultFact(17)]
    public async Task Flipped_bits_cut_the_connection_and_no_wrong_value_arrives()
    {
        await using var cluster = await RoutedCluster.StartAsync(2);
        await using var client = await Client.ConnectAsync(cluster.Address);

        // The code goes out first: at this rate no frame of more than some 12 KB arrives whole, ever.
        await Task.WhenAll(cluster.Workers.Select(
            worker => client.Submit(static x => x * 3, 1, new SubmitOptions { Pure = false, Workers = [worker.Address] }).ResultAsync()));
        foreach (var proxy in cluster.Proxies)
            proxy.Upward.BitsPerFlip = proxy.Downward.BitsPerFlip = 100_000;
        await ComputesAsync(client);
        Assert.Contains(cluster.Output, static line => line.Contains("checksum", StringComparison.Ordinal));
    }

    private static async Task ComputesAsync(Client client)
    {
        for (var round = 0; round < 5; round++)
        {
            var start = round * Leaves;
            var leaves = client.Map(static x => x * 3, Enumerable.Range(start, Leaves));
            var sums = leaves.Chunk(8)
                .Select(chunk => client.Submit(static (IEnumerable<int> values) => values.Sum(), chunk)).ToArray();
            var total = client.Submit(static (IEnumerable<int> values) => values.Sum(), sums);
            Assert.Equal(3 * Enumerable.Range(start, Leaves).Sum(), await total.ResultAsync(TimeSpan.FromSeconds(120)));
        }
        await Eventually.TrueAsync(
            async () =>
            {
                GC.Collect();
                return (await client.SchedulerInfoAsync()).TaskCounts.Values.Sum() == 0;
            },
            "nobody holds a result and none is left", 60);
    }
}
