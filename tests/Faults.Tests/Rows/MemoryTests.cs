using System.Runtime.InteropServices;
using TaskGraph.Messages;

namespace TaskGraph.Tests.Faults;

/// <summary>Rows 3, 4 and 30: tasks and results that take more memory than there is.</summary>
public class MemoryTests
{
    private const int MiB = 1 << 20;
    private static readonly SubmitOptions s_first = new() { Workers = ["worker-0"] };

    [FaultFact(3)]
    public async Task Managed_memory_without_bound_fails_that_task_and_leaves_the_process_and_its_results()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { MemoryLimit = "256MiB", ThreadsPerWorker = 2 });
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var (path, pid) = (log.Path, cluster.Workers[0].ProcessId);
        var held = client.Map(x => NotedArray(path, x), Enumerable.Range(0, 8), s_first);
        await client.WaitAsync(held).WithinAsync(60);
        var hoard = client.Submit(static () => Hoard(), s_first);
        var error = await Assert.ThrowsAsync<TaskFailedException>(() => hoard.ResultAsync().WithinAsync(60));
        Assert.Equal(TaskErrorKind.OutOfMemory, error.Kind);
        Assert.Contains("peak", error.RemoteMessage, StringComparison.Ordinal);
        Assert.Contains("of at most", error.RemoteMessage, StringComparison.Ordinal);

        var sums = client.Map(static array => array.Sum(), held, s_first);
        Assert.Equal(Enumerable.Range(0, 8).Select(static x => x * 1000), await client.GatherAsync(sums).WithinAsync(60));
        Assert.Equal((pid, 1), (cluster.Workers[0].ProcessId, cluster.Workers[0].Starts));
        Assert.Equal((8, 0), (new RunCounts(log).Tasks, new RunCounts(log).Repeated));
    }

    [FaultFact(4)]
    public async Task Native_memory_without_bound_ends_one_process_and_another_and_then_fails_with_that_reason()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 3, MemoryLimit = "384MiB" });
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var (path, scheduler) = (log.Path, cluster.SchedulerProcessId);
        Assert.All(cluster.Workers, worker => Assert.True(Signals.KillScore(worker.ProcessId) > Signals.KillScore(scheduler)));
        var neighbours = client.Map(x => RunCounts.Noted(path, x, 100), Enumerable.Range(0, 60));
        var runaway = client.Submit(() => Runaway(path), new SubmitOptions { Key = "runaway", Priority = 1 });
        var error = await Assert.ThrowsAsync<TaskFailedException>(() => runaway.ResultAsync().WithinAsync(120));
        Assert.Equal(TaskErrorKind.OutOfMemory, error.Kind);
        Assert.Equal("runaway", error.Key);
        Assert.Contains("killed for memory", error.RemoteMessage, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 60), await client.GatherAsync(neighbours).WithinAsync(60));

        string[] runs = [.. log.Lines.Where(static line => line.StartsWith("runaway", StringComparison.Ordinal))];
        Assert.Equal(2, runs.Distinct().Count());
        Assert.Equal(2, runs.Length);
        Assert.Equal(2, cluster.Output.Count(static line =>
            line.StartsWith("Worker died", StringComparison.Ordinal) && line.Contains("killed for memory", StringComparison.Ordinal)));
        Assert.True(Signals.IsAlive(scheduler));
    }

    [FaultFact(4, Means.MemoryGroups)]
    public async Task The_kernel_that_has_no_memory_left_ends_a_worker_alone_and_its_nanny_says_so()
    {
        await using var small = MemoryGroup.Create(300L * MiB);
        await using var alike = MemoryGroup.Create(300L * MiB);
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 3, MemoryLimit = "0" });
        foreach (var (group, worker) in new[] { (small, cluster.Workers[0]), (alike, cluster.Workers[1]) })
        {
            group.Add(worker.NannyProcessId);
            group.Add(worker.ProcessId);
        }
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var path = log.Path;
        int[] nannies = [.. cluster.Workers.Select(static worker => worker.NannyProcessId)];
        var runaway = client.Submit(
            () => Runaway(path), new SubmitOptions { Key = "runaway", Workers = ["worker-0", "worker-1"] });
        var error = await Assert.ThrowsAsync<TaskFailedException>(() => runaway.ResultAsync().WithinAsync(120));
        Assert.Equal(TaskErrorKind.OutOfMemory, error.Kind);
        Assert.Contains("killed for memory: the kernel had none left", error.RemoteMessage, StringComparison.Ordinal);
        Assert.Equal(2, log.Lines.Length);
        Assert.All(nannies, static pid => Assert.True(Signals.IsAlive(pid)));
        Assert.Equal(5, await client.Submit(static () => 5).ResultAsync().WithinAsync(60));
        Assert.Equal(1, cluster.Workers[2].Starts);
    }

    [FaultFact(30)]
    public async Task Results_larger_than_memory_are_refused_before_the_copy_and_large_ones_are_sent_from_where_they_lie()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 1, MemoryLimit = "256MiB" });
        await using var client = await Client.ConnectAsync(cluster.Address);
        var pid = cluster.Workers[0].ProcessId;
        using (var large = client.Submit(static () => Large(100 * MiB)))
            Assert.Equal(Large(100 * MiB), await large.ResultAsync().WithinAsync(60));

        var shared = client.Submit(static () => Shared());
        var error = await Assert.ThrowsAsync<TaskFailedException>(() => shared.ResultAsync().WithinAsync(60));
        Assert.Equal(TaskErrorKind.ResultTooLarge, error.Kind);
        var gibibyte = client.Submit(static () => Large(1 << 30));
        error = await Assert.ThrowsAsync<TaskFailedException>(() => gibibyte.ResultAsync().WithinAsync(60));
        Assert.Equal(TaskErrorKind.OutOfMemory, error.Kind);

        Assert.Equal(5, await client.Submit(static () => 5).ResultAsync().WithinAsync(60));
        Assert.Equal((pid, 1), (cluster.Workers[0].ProcessId, cluster.Workers[0].Starts));
        Assert.InRange(Signals.PeakMemory(pid), 0, 256L * MiB);
    }

    private static int[] NotedArray(string path, int x)
    {
        RunCounts.Noted(path, x, 0);
        return [.. Enumerable.Repeat(x, 1000), .. new int[MiB / sizeof(int)]];
    }

    private static int Hoard()
    {
        var held = new List<byte[]>();
        while (held.Count < 8000)
        {
            held.Add(new byte[MiB]);
            held[^1].AsSpan().Fill(1);
        }
        return held.Count;
    }

    private static int Runaway(string path)
    {
        RunLog.Note(path, $"runaway {Environment.ProcessId}");
        // Bounded, lest a product that does not stop it take the machine along.
        for (var taken = 0; taken < 4000; taken += 8)
        {
            var block = Marshal.AllocHGlobal(8 * MiB);
            for (var at = 0; at < 8 * MiB; at += 4096)
                Marshal.WriteByte(block, at, 1);
        }
        return 0;
    }

    private static byte[] Large(int bytes)
    {
        var result = new byte[bytes];
        for (var i = 0; i < bytes; i += 4099)
            result[i] = (byte)i;
        return result;
    }

    /// <summary>Small in memory: each of its thousand lines is the same one.</summary>
    private static string[] Shared() => [.. Enumerable.Repeat(new string('x', MiB), 1024)];
}
