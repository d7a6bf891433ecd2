namespace TaskGraph.Tests.Faults;

/// <summary>Rows 15 and 33: a client that dies, and one that asks for a million things at once.</summary>
public class ClientFaultTests
{
    [FaultFact(15)]
    public async Task What_only_a_killed_client_wanted_is_cancelled_and_freed_and_what_it_published_stays()
    {
        const int Lease = 30;
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 2 });
        await using var client = await Client.ConnectAsync(cluster.Address);
        var doomed = FaultProcess.Start("FaultyClient", [cluster.Address], null, static _ => { });
        await doomed.LineAsync("Submitted");
        Assert.True((await client.SchedulerInfoAsync()).TaskCounts.Values.Sum() > 1000, "the tasks are there");
        Signals.Kill(doomed.Id);
        await doomed.Ended;
        await Eventually.TrueAsync(
            async () => (await client.SchedulerInfoAsync()).TaskCounts.Values.Sum() == 1, "only the published task is left", 2 * Lease);
        await Eventually.TrueAsync(
            async () => (await client.SchedulerInfoAsync()).Workers.Sum(static worker => worker.StoredCount) == 1,
            "the workers hold nothing else");
        Assert.Equal(42, await (await client.GetDatasetAsync<Future<int>>("kept")));
        await doomed.DisposeAsync();
    }

    [FaultFact(33)]
    public async Task A_million_tasks_in_one_submit_are_taken_while_the_scheduler_answers_others()
    {
        const int Tasks = 1_000_000;
        const long MostMemory = 1L << 30;
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Workers = 4, ThreadsPerWorker = 1, ZeroWorkers = true, Output = static _ => { } });
        await using var client = await Client.ConnectAsync(cluster);
        await using var bystander = await Client.ConnectAsync(cluster);
        var futures = client.Map(static x => x, Enumerable.Range(0, Tasks));
        var done = client.WhenAllAsync(futures);
        var answers = 0;
        while (!done.IsCompleted)
        {
            Assert.Equal(4, (await bystander.SchedulerInfoAsync().WithinAsync(30)).Workers.Count);
            answers++;
            await Task.WhenAny(done, Task.Delay(50));
        }
        await done;
        Assert.True(answers > 1, "the bystander was not answered meanwhile");
        Assert.All(futures, static future => Assert.Equal(FutureStatus.Finished, future.Status));
        Assert.InRange(Signals.PeakMemory(cluster.SchedulerProcessId), 0, MostMemory);
    }
}
