namespace TaskGraph.Tests;

public class InProcessClusterTests
{
    [Fact]
    public async Task A_cluster_inside_this_process_gives_the_same_values()
    {
        await using var cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 2, processes: false);
        await using var client = await Client.ConnectAsync(cluster);

        await ExpectedValues.CheckAllAsync(client);
        Assert.All(cluster.Workers, worker => Assert.Equal(Environment.ProcessId, worker.ProcessId));
    }

    [Fact]
    public async Task Errors_are_the_same_as_between_processes()
    {
        await using var cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        Func<int, int> fail = x => throw new ArgumentException($"not {x}");
        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await client.Submit(fail, 3));

        Assert.Equal(("System.ArgumentException", "not 3"), (error.RemoteType, error.RemoteMessage));
    }

    [Fact]
    public async Task Inside_a_task_the_current_client_is_one_of_the_tasks_own_scheduler()
    {
        var options = new LocalClusterOptions { Workers = 1, ThreadsPerWorker = 1, Processes = false };
        await using var own = await LocalCluster.StartAsync(options);
        await using var client = await Client.ConnectAsync(own);
        await using var other = await LocalCluster.StartAsync(options);
        await using var newest = await Client.ConnectAsync(other);

        Assert.NotEqual(client.SchedulerAddress, newest.SchedulerAddress);
        Assert.Equal(client.SchedulerAddress, await client.Submit(static () => Client.Current!.SchedulerAddress));
    }
}
