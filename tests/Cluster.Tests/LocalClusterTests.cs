using System.Diagnostics;

namespace TaskGraph.Tests;

public class LocalClusterTests
{
    [Fact]
    public async Task Its_processes_end_with_it()
    {
        var cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1);
        Process[] processes =
        [
            Process.GetProcessById(cluster.SchedulerProcessId),
            .. cluster.Workers.Select(worker => Process.GetProcessById(worker.ProcessId)),
        ];
        await cluster.DisposeAsync();

        Assert.Equal(["worker-0", "worker-1"], cluster.Workers.Select(worker => worker.Name));
        Assert.All(processes, process => Assert.True(process.HasExited));
    }

    [Fact]
    public async Task A_killed_worker_is_started_again_under_its_name()
    {
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Workers = 1, ThreadsPerWorker = 1, Output = static _ => { } });
        await using var client = await Client.ConnectAsync(cluster);
        var before = cluster.Workers[0];
        var killed = await cluster.KillWorkerAsync(0);
        var pid = await client.Submit(() => Environment.ProcessId, new SubmitOptions { Pure = false });

        Assert.Equal(before.ProcessId, killed);
        Assert.NotEqual(killed, pid);
        Assert.Equal((before.Name, pid), (cluster.Workers[0].Name, cluster.Workers[0].ProcessId));
    }

    [Fact]
    public async Task A_process_that_does_not_start_says_why()
    {
        var options = new LocalClusterOptions { Workers = 1, MemoryLimit = "lots", Output = static _ => { } };
        var error = await Assert.ThrowsAsync<LocalClusterException>(() => LocalCluster.StartAsync(options));

        Assert.Contains("--memory-limit", error.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_whose_scheduler_is_gone_says_so_to_everybody_who_waits()
    {
        var cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        var future = client.Submit(
            async token => { await Task.Delay(Timeout.Infinite, token); return 1; }, CancellationToken.None);
        await cluster.DisposeAsync();

        await Assert.ThrowsAsync<SchedulerLostException>(async () => await future);
        Assert.Equal(FutureStatus.Lost, future.Status);
        Assert.Throws<SchedulerLostException>(() => client.Submit(() => 1));
    }
}
