using System.Diagnostics;

namespace TaskGraph.Tests;

/// <summary>The scheduler's process is killed and started again from its journal.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("taskgraph-state-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    [Trait("Fault", "13")]
    public async Task A_scheduler_killed_amid_10000_tasks_and_started_again_loses_nothing_and_reruns_nothing()
    {
        const int Leaves = 9000;
        const int Kills = 3;
        using var log = new RunLog();
        var path = log.Path;
        await using var cluster = await LocalCluster.StartAsync(Options());
        await using var client = await Client.ConnectAsync(cluster);
        var leaves = client.Map(x => Leaf(path, x), Enumerable.Range(0, Leaves));
        var sums = leaves.Chunk(9).Select(nine => client.Submit(Sum, (IEnumerable<Future<int>>)nine)).ToArray();
        var total = client.Submit(Sum, (IEnumerable<Future<int>>)sums);
        for (var kill = 0; kill < Kills; kill++)
        {
            var reached = log.Lines.Length + Random.Shared.Next(200, 1500);
            await FailureTests.UntilAsync(() => log.Lines.Length >= Math.Min(reached, Leaves));
            await cluster.KillSchedulerAsync();
            await cluster.RestartSchedulerAsync();
        }

        Assert.Equal(Leaves * (Leaves - 1) / 2, await total);
        Assert.All(leaves, leaf => Assert.Equal(FutureStatus.Finished, leaf.Status));
        var lines = log.Lines;
        Assert.Equal(Leaves, lines.Distinct().Count());
        Assert.Equal(Leaves, lines.Length);
    }

    [Fact]
    [Trait("Fault", "14")]
    public async Task A_stale_scheduler_stops_with_a_message_when_a_worker_has_met_a_later_one()
    {
        var stale = _state + "-stale";
        await using var cluster = await LocalCluster.StartAsync(Options());
        await using var client = await Client.ConnectAsync(cluster);
        Assert.Equal(2, await client.Submit(x => x + 1, 1));
        Copy(_state, stale);
        try
        {
            for (var start = 0; start < 3; start++)
            {
                await cluster.KillSchedulerAsync();
                await cluster.RestartSchedulerAsync();
            }

            Assert.Equal(3, await client.Submit(x => x + 1, 2));
            await cluster.KillSchedulerAsync();
            var port = Transport.Address.Parse(cluster.Address).Port;
            var start2 = ProgramCommand.Create("taskgraph-scheduler", Options());
            foreach (var argument in new[] { "--port", $"{port}", "--state-dir", stale })
                start2.ArgumentList.Add(argument);
            start2.RedirectStandardError = true;
            start2.RedirectStandardOutput = true;
            start2.RedirectStandardInput = true;
            using var old = Process.Start(start2)!;
            var said = await old.StandardError.ReadToEndAsync();
            await old.WaitForExitAsync();
            Assert.Equal(1, old.ExitCode);
            Assert.Contains("it has been replaced", said, StringComparison.Ordinal);
            await cluster.RestartSchedulerAsync();
            Assert.Equal(4, await client.Submit(x => x + 1, 3));
        }
        finally
        {
            Directory.Delete(stale, recursive: true);
        }
    }

    private LocalClusterOptions Options() => new()
    {
        Workers = 2,
        ThreadsPerWorker = 2,
        StateDirectory = _state,
        Output = static _ => { },
    };

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            if (Path.GetFileName(file) == "lock")
                continue;
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(Path.Combine(to, Path.GetFileName(file)));
            source.CopyTo(target);
        }
    }

    private static int Leaf(string path, int x)
    {
        RunLog.Note(path, $"{x}");
        return x;
    }

    private static int Sum(IEnumerable<int> values) => values.Sum();
}
