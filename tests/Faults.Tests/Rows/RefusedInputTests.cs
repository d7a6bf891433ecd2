namespace TaskGraph.Tests.Faults;

/// <summary>Rows 25, 28, 29, 31 and 32: input that is refused, and failures of the function itself.</summary>
public class RefusedInputTests
{
    [FaultFact(31)]
    public async Task A_graph_with_a_cycle_is_refused_whole_with_the_cycle_printed()
    {
        await using var cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 1);
        await using var client = await Client.ConnectAsync(cluster);
        var before = await client.SchedulerInfoAsync();
        var graph = new GraphBuilder(client);
        graph.Add(static x => x + 1, graph.Task<int>("b"), new SubmitOptions { Key = "a" });
        var b = graph.Add(static x => x + 1, graph.Task<int>("a"), new SubmitOptions { Key = "b" });
        var error = Assert.Throws<GraphCycleException>(() => graph.Submit(b));
        Assert.Contains("a", error.Message, StringComparison.Ordinal);
        var after = await client.SchedulerInfoAsync();
        Assert.NotNull(before);
        Assert.NotNull(after);
    }
}
