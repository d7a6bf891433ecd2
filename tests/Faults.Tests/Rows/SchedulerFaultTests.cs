using System.Diagnostics;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// Rows 13, 14 and 36: the scheduler's process is killed and started again from its journal, whole or cut.
/// </summary>
public sealed class SchedulerFaultTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("taskgraph-state-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [FaultFact(13)]
    public async Task A_scheduler_killed_amid_10000_tasks_and_started_again_loses_nothing_and_reruns_nothing()
    {
        const int Leaves = 9000;
        const int Kills = 20;
        using var log = new RunLog();
        var path = log.Path;
        await using var cluster = await LocalCluster.StartAsync(Options());
        await using var client = await Client.ConnectAsync(cluster);
        var leaves = client.Map(x => Leaf(path, x), Enumerable.Range(0, Leaves));
        var sums = leaves.Chunk(9).Select(nine => client.Submit(Sum, (IEnumerable<Future<int>>)nine)).ToArray();
        var total = client.Submit(Sum, (IEnumerable<Future<int>>)sums);
        var (started, paused) = (0.0, 0.0);
        for (var kill = 0; kill < Kills; kill++)
        {
            var reached = log.Lines.Length + Random.Shared.Next(50, Leaves / Kills);
            await Eventually.TrueAsync(
                () => log.Lines.Length >= Math.Min(reached, Leaves), "work is under way", 60);
            await cluster.KillSchedulerAsync();
            var killed = Stopwatch.StartNew();
            await cluster.RestartSchedulerAsync();
            started = Math.Max(started, killed.Elapsed.TotalSeconds);
            var before = log.Lines.Length;
            if (before >= Leaves)
                continue;
            await Eventually.TrueAsync(() => log.Lines.Length > before, "work goes on", 60);
            paused = Math.Max(paused, killed.Elapsed.TotalSeconds);
        }
        Figures.Note(13, $"{Kills} kills: listening again after {started:0.0} s at most, tasks run after {paused:0.0} s at most");

        Assert.Equal(Leaves * (Leaves - 1) / 2, await total);
        Assert.All(leaves, leaf => Assert.Equal(FutureStatus.Finished, leaf.Status));
        var lines = log.Lines;
        Assert.Equal(Leaves, lines.Distinct().Count());
        Assert.Equal(Leaves, lines.Length);
    }

    [FaultFact(13)]
    public async Task A_published_dataset_outlives_its_client_and_the_scheduler_and_is_not_computed_again()
    {
        using var log = new RunLog();
        var path = log.Path;
        await using var cluster = await LocalCluster.StartAsync(Options());
        await using (var publisher = await Client.ConnectAsync(cluster))
        {
            var leaves = publisher.Map(x => Leaf(path, x), Enumerable.Range(0, 10));
            await publisher.WaitAsync(leaves);
            await publisher.PublishDatasetAsync("leaves", leaves);
        }
        await cluster.KillSchedulerAsync();
        await cluster.RestartSchedulerAsync();

        await using var reader = await Client.ConnectAsync(cluster);
        Assert.Equal(["leaves"], await reader.ListDatasetsAsync());
        var found = await reader.GetDatasetAsync<Future<int>[]>("leaves");
        Assert.Equal(Enumerable.Range(0, 10), await reader.GatherAsync(found));
        Assert.Equal(10, log.Lines.Length);
        await reader.UnpublishDatasetAsync("leaves");
    }

    [FaultFact(14)]
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

    [FaultFact(36)]
    public async Task A_journal_that_is_cut_anywhere_in_its_last_records_loses_nothing_before_the_cut()
    {
        const int Submissions = 6;
        const int Step = 46;
        await using (var cluster = await LocalCluster.StartAsync(Options()))
        {
            await using var client = await Client.ConnectAsync(cluster);
            var kept = new List<Future<int>>();
            for (var i = 0; i < Submissions; i++)
            {
                kept.Add(client.Submit(static x => x + 1, i, new SubmitOptions { Key = $"kept-{i}" }));
                Assert.Equal(i + 1, await kept[i]);
            }

            // A value may come before its submission is answered. This is answered when all before it is on disk.
            await client.Event("written").SetAsync();
            await cluster.KillSchedulerAsync();
            GC.KeepAlive(kept);
        }
        var journal = Directory.GetFiles(_state, "journal-*.log").Order(StringComparer.Ordinal).Last();
        var length = new FileInfo(journal).Length;
        var before = Submissions;
        for (var cut = length; cut >= Math.Max(0, length - 460); cut -= Step)
        {
            var copy = $"{_state}-cut";
            Copy(_state, copy);
            using (var file = new FileStream(Path.Combine(copy, Path.GetFileName(journal)), FileMode.Open))
                file.SetLength(cut);
            var present = await TasksInAsync(copy);
            Directory.Delete(copy, recursive: true);
            if (cut == length)
                Assert.Equal(Submissions, present);
            Assert.InRange(present, 0, before);
            before = present;
        }
        Assert.True(before > 0, "what lies before the last records is still there");
    }

    /// <summary>Starts a scheduler on a state directory and counts the tasks of which it knows.</summary>
    private static async Task<int> TasksInAsync(string state)
    {
        await using var cluster = await FaultCluster.StartAsync(
            new FaultClusterOptions { Workers = 0, SchedulerArguments = ["--state-dir", state] });
        await using var client = await Client.ConnectAsync(cluster.Address);
        return (int)(await client.SchedulerInfoAsync()).TaskCounts.Values.Sum();
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
