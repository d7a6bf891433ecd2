namespace TaskGraph.Tests;

public class ResourcesTests
{
    [Fact]
    public async Task Workers_run_no_more_tasks_at_once_than_their_resources_allow()
    {
        await using var cluster = await LocalCluster.StartAsync(new LocalClusterOptions
        {
            Workers = 1,
            ThreadsPerWorker = 4,
            Resources = new Dictionary<string, double> { ["GPU"] = 1, ["MEM"] = 10e9 },
        });
        await using var client = await Client.ConnectAsync(cluster);
        using var log = new RunLog();
        var path = log.Path;
        Func<int, Task<int>> work = async x =>
        {
            RunLog.Note(path, "start");
            await Task.Delay(5);
            RunLog.Note(path, "end");
            return x;
        };
        Future<int>[] futures;
        using (client.Annotate(resources: new Dictionary<string, double> { ["GPU"] = 1 }))
            futures = client.Map(work, Enumerable.Range(0, 6), new SubmitOptions { Pure = false });

        Assert.Equal(15, (await client.GatherAsync(futures)).Sum());
        Assert.Equal(Enumerable.Repeat<string[]>(["start", "end"], 6).SelectMany(pair => pair), log.Lines);
    }
}
