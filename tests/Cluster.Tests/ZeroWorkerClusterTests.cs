namespace TaskGraph.Tests;

public class ZeroWorkerClusterTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Zero_workers_of_one_process_finish_a_graph_of_which_nothing_is_run(bool processes)
    {
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Workers = 5, ThreadsPerWorker = 1, Processes = processes, ZeroWorkers = true });
        await using var client = await Client.ConnectAsync(cluster);
        Func<int, int> fail = static _ => throw new InvalidOperationException("this was to be run by nobody");

        var sources = client.Map(fail, Enumerable.Range(0, 1000));
        var sum = await client.Submit(static (int[] values) => (long)values.Length, Arg.All(sources));

        Assert.Equal(0, sum);
        Assert.Equal(5, cluster.Workers.Count);
        Assert.Single(cluster.Workers.Select(static worker => worker.ProcessId).Distinct());
        Assert.Equal(5, cluster.Workers.Select(static worker => worker.Address).Distinct().Count());
    }
}
