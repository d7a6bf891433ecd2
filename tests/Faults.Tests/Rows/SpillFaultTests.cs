using System.Diagnostics;
using TaskGraph.Messages;

namespace TaskGraph.Tests.Faults;

/// <summary>Rows 5 and 6: a disk that is full, and a disk that returns other bytes than were written.</summary>
public class SpillFaultTests
{
    // 160 MiB of values that do not compress; a worker of 256 MiB keeps 125 MiB of them in memory.
    private const int Values = 40;
    private const int ValueBytes = 4 << 20;

    [FaultFact(5, Means.Root)]
    public async Task On_a_full_disk_values_stay_in_memory_the_worker_pauses_and_says_so_and_they_move_to_others()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 8);
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions
        {
            MemoryLimitFor = static index => index == 0 ? "256MiB" : "1GiB",
            WorkerArgumentsFor = index => index == 0 ? ["--local-directory", disk.Path] : [],
        });
        await using var client = await Client.ConnectAsync(cluster.Address);
        using var log = new RunLog();
        var path = log.Path;
        var values = client.Map(
            x => Value(path, x), Enumerable.Range(0, Values), new SubmitOptions { Workers = ["worker-0"], AllowOtherWorkers = true });
        await Eventually.TrueAsync(
            async () => (await FirstAsync(client)).PauseReason.StartsWith("disk-full", StringComparison.Ordinal), "disk-full", 60);
        await cluster.PrintedAsync("disk-full");
        await client.WaitAsync(values).WithinAsync(60);

        // Nothing is released: it runs again as its values have moved.
        await cluster.PrintedAsync("values that only it holds move to others");
        await Eventually.TrueAsync(async () => (await FirstAsync(client)).PauseReason.Length == 0, "running again", 60);
        var sums = client.Map(static value => Sum(value), values);
        Assert.Equal(
            Enumerable.Range(0, Values).Select(static x => Sum(Bytes(x))), await client.GatherAsync(sums).WithinAsync(120));
        Assert.All(cluster.Workers, static worker => Assert.Equal(1, worker.Starts));
        Assert.Equal((Values, 0), (new RunCounts(log).Tasks, new RunCounts(log).Repeated));
        Assert.DoesNotContain(cluster.Output, static line => line.Contains("checksum", StringComparison.OrdinalIgnoreCase));
    }

    [FaultFact(6)]
    public async Task A_flipped_bit_in_a_spill_file_costs_a_run_and_never_gives_a_wrong_value()
    {
        var folder = Directory.CreateTempSubdirectory("taskgraph-flips-");
        await using (var cluster = await FaultCluster.StartAsync(new FaultClusterOptions
        {
            Workers = 1,
            MemoryLimit = "256MiB",
            WorkerArguments = ["--local-directory", folder.FullName],
        }))
        {
            await using var client = await Client.ConnectAsync(cluster.Address);
            using var log = new RunLog();
            var path = log.Path;
            var values = client.Map(x => Value(path, x), Enumerable.Range(0, Values));
            await client.WaitAsync(values).WithinAsync(60);
            await Eventually.TrueAsync(async () => (await FirstAsync(client)).SpilledCount >= 5, "values on disk");
            var files = folder.GetFiles("*.value", SearchOption.AllDirectories);
            Assert.True(files.Length >= 5);
            foreach (var file in files)
                Flip(file.FullName);
            var sums = client.Map(static value => Sum(value), values);
            Assert.Equal(
                Enumerable.Range(0, Values).Select(static x => Sum(Bytes(x))), await client.GatherAsync(sums).WithinAsync(120));
            Assert.InRange(new RunCounts(log).Repeated, 5, files.Length + Values);
            Assert.Equal(1, cluster.Workers[0].Starts);
        }
        folder.Delete(recursive: true);
    }

    private static async Task<WorkerInfo> FirstAsync(Client client)
        => (await client.SchedulerInfoAsync()).Workers.Single(static worker => worker.Name == "worker-0");

    private static byte[] Value(string path, int seed)
    {
        RunCounts.Noted(path, seed, 0);
        return Bytes(seed);
    }

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[ValueBytes];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static long Sum(byte[] bytes)
    {
        long sum = 0;
        for (var i = 0; i < bytes.Length; i++)
            sum = (sum * 31) + bytes[i];
        return sum;
    }

    private static void Flip(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position = file.Length / 2;
        file.WriteByte((byte)(value ^ 0x10));
    }

    /// <summary>A file system of its own, of a few megabytes in memory.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskgraph-disk-");

        public string Path => _folder.FullName;

        public static async Task<SmallDisk> MountAsync(int megabytes)
        {
            var disk = new SmallDisk();
            await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path);
            return disk;
        }

        public async ValueTask DisposeAsync()
        {
            await RunAsync("umount", Path);
            _folder.Delete();
        }

        private static async Task RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{program}: {error}");
        }
    }
}
