using System.Globalization;

namespace TaskGraph.Tests;

public class KilledWorkerTests
{
    private const int Leaves = 1000;

    [Fact]
    public async Task Killing_a_worker_amid_2000_tasks_gives_the_right_answer_and_reruns_only_what_was_lost()
    {
        using var log = new RunLog();
        var path = log.Path;
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Workers = 3, ThreadsPerWorker = 1, Output = static _ => { } });
        await using var client = await Client.ConnectAsync(cluster);

        // All futures are kept: every result stays wanted, so only what the dead worker alone held may run again.
        var all = new List<Future<int>>(client.Map(x => Leaf(path, x), Enumerable.Range(0, Leaves)));
        IReadOnlyList<Future<int>> level = all[..];
        var next = Leaves;
        while (level.Count > 1)
        {
            var sums = new List<Future<int>>();
            foreach (var pair in level.Chunk(2))
            {
                sums.Add(pair.Length == 1
                    ? pair[0]
                    : client.Submit(Sum, Arg.Of(path), Arg.Of(next++), pair[0], pair[1]));
            }
            all.AddRange(sums.Except(level));
            level = sums;
        }
        Assert.Equal((2 * Leaves) - 1, all.Count);
        await FailureTests.UntilAsync(() => log.Lines.Length > Leaves / 2);
        var killed = await cluster.KillWorkerAsync(1);

        Assert.Equal(Leaves * (Leaves - 1) / 2, await level[0]);
        await client.WhenAllAsync(all);
        Assert.All(all, future => Assert.Equal(FutureStatus.Finished, future.Status));
        AssertOnlyLostOnesRanAgain(log.Lines, killed);
    }

    private static void AssertOnlyLostOnesRanAgain(string[] lines, int killed)
    {
        var runs = lines.Select(line => line.Split(' '))
            .Select(parts => (Task: NumberOf(parts[0]), Pid: NumberOf(parts[1])))
            .GroupBy(run => run.Task, run => run.Pid).ToArray();
        Assert.Equal((2 * Leaves) - 1, runs.Length);
        var again = runs.Where(pids => pids.Count() > 1).ToArray();
        Assert.All(again, pids => Assert.Single(pids, pid => pid != killed));
        Assert.All(again, pids => Assert.Equal(killed, pids.First()));
    }

    private static int NumberOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Leaf(string path, int x)
    {
        RunLog.Note(path, $"{x} {Environment.ProcessId}");
        return x;
    }

    private static int Sum(string path, int task, int left, int right)
    {
        RunLog.Note(path, $"{task} {Environment.ProcessId}");
        return left + right;
    }
}
