using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using TaskGraph.Messages;

namespace TaskGraph.Tests.Faults;

/// <summary>Rows 1, 25, 27 and 35: code that fails or kills its process, and processes that are killed.</summary>
public class FailingCodeTests
{
    private static LocalClusterOptions Options(int workers, [CallerMemberName] string test = "") => new()
    {
        Workers = workers,
        ThreadsPerWorker = 1,
        Output = FaultLog.Of(test),
    };

    [FaultFact(1)]
    public async Task Killing_a_worker_every_two_seconds_leaves_the_answer_and_reruns_only_what_was_lost()
    {
        const int Kills = 8;
        const int Leaves = 1500;
        await using var cluster = await LocalCluster.StartAsync(Options(4));
        await using var client = await Client.ConnectAsync(cluster);
        using var log = new RunLog();
        var path = log.Path;
        var leaves = client.Map(x => Slow(path, x), Enumerable.Range(0, Leaves));
        var sums = leaves.Chunk(10)
            .Select(chunk => client.Submit(static (IEnumerable<int> values) => values.Sum(), chunk)).ToArray();
        var total = client.Submit(static (IEnumerable<int> values) => values.Sum(), sums);
        var killed = new List<int>();
        for (var i = 0; i < Kills && total.Status == FutureStatus.Pending; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            var victim = i % 4;
            await Eventually.TrueAsync(() => Signals.IsAlive(cluster.Workers[victim].ProcessId), "the victim has come back");
            killed.Add(await cluster.KillWorkerAsync(victim));
        }
        Assert.Equal(Leaves * (Leaves - 1) / 2, await total.ResultAsync(TimeSpan.FromMinutes(2)));
        Assert.True(killed.Count > 2, "too few kills for a test");
        // What ran twice had run on a killed worker first.
        var runs = log.Lines.Select(static line => line.Split(' ')).GroupBy(static words => words[0], static words => words[1]);
        Assert.All(runs, pids => Assert.True(pids.SkipLast(1).All(pid => killed.Contains(int.Parse(pid)))));
    }

    [FaultFact(1)]
    public async Task A_hundred_suicides_stall_nobody()
    {
        const int Suicides = 100;
        await using var cluster = await LocalCluster.StartAsync(Options(3));
        await using var client = await Client.ConnectAsync(cluster);
        for (var i = 0; i < Suicides; i += 10)
        {
            // Each names the worker to hurt by its being run there; the second run of the same task is well-behaved.
            using var log = new RunLog();
            var path = log.Path;
            var futures = client.Map(x => DieOnce(path, x), Enumerable.Range(i, 10));
            var values = await client.GatherAsync(futures).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(Enumerable.Range(i, 10), values);
        }
    }

    [FaultFact(25)]
    public async Task A_task_that_throws_gives_type_message_stack_key_and_worker_and_is_not_run_again()
    {
        await using var cluster = await LocalCluster.StartAsync(Options(1));
        await using var client = await Client.ConnectAsync(cluster);
        using var log = new RunLog();
        var path = log.Path;
        var failed = client.Submit(Throw, path, new SubmitOptions { Key = "root cause" });
        var dependent = client.Submit(static x => x + 1, failed);
        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await dependent);
        Assert.Equal("root cause", error.Key);
        Assert.Equal(typeof(InvalidOperationException).FullName, error.RemoteType);
        Assert.Equal("this is wrong", error.RemoteMessage);
        Assert.Contains(nameof(Throw), error.RemoteStack, StringComparison.Ordinal);
        Assert.NotEmpty(error.Worker);
        Assert.Single(log.Lines);

        var rude = await Assert.ThrowsAsync<TaskFailedException>(async () => await client.Submit(ThrowUnspeakable));
        Assert.Contains(nameof(UnspeakableException), rude.RemoteType, StringComparison.Ordinal);
        Assert.Equal(4, await client.Submit(static x => x + 1, 3));
    }

    [FaultFact(27)]
    public async Task Five_killers_among_200_tasks_are_named_with_their_reports_and_the_200_succeed()
    {
        // A death is reported by the process that follows, and that is waited for as long as for a silent worker: here for as long
        // as processes may take to start on a machine that is very busy.
        await using var cluster = await LocalCluster.StartAsync(Options(3) with
        {
            Environment = new Dictionary<string, string> { ["TASKGRAPH__SCHEDULER__WORKER_TTL"] = "5m" },
        });
        await using var client = await Client.ConnectAsync(cluster);
        var good = client.Map(static x => Work(x), Enumerable.Range(0, 200));
        Future<int>[] killers =
        [
            client.Submit(static () => FailFast(), new SubmitOptions { Key = "fail fast" }),
            client.Submit(static () => Overflow(0), new SubmitOptions { Key = "stack overflow" }),
            client.Submit(static () => Exit(), new SubmitOptions { Key = "exit" }),
            client.Submit(static () => BareThread(), new SubmitOptions { Key = "bare thread" }),
            client.Submit(static () => Suicide(), new SubmitOptions { Key = "suicide" }),
        ];
        Assert.Equal(Enumerable.Range(0, 200), await client.GatherAsync(good).WaitAsync(TimeSpan.FromMinutes(5)));
        foreach (var killer in killers)
        {
            var error = await Assert.ThrowsAsync<TaskFailedException>(() => killer.ResultAsync(TimeSpan.FromMinutes(5)));
            Assert.Equal(TaskErrorKind.Poisoned, error.Kind);
            Assert.Equal(killer.Key, error.Key);

            // What the nannies say: of each of the three deaths, also of the last one.
            Assert.Equal(3, Regex.Count(error.RemoteMessage, "by signal [69]|exit code 7"));
        }
    }

    [FaultFact(35)]
    public async Task When_a_nanny_is_killed_its_worker_ends_and_no_orphan_is_left()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Workers = 2 });
        await using var client = await Client.ConnectAsync(cluster.Address);
        var (nanny, child) = (cluster.Workers[0].NannyProcessId, cluster.Workers[0].ProcessId);
        Assert.NotEqual(nanny, child);
        var futures = client.Map(static x => Work(x), Enumerable.Range(0, 100));
        Signals.Kill(nanny);
        await Eventually.TrueAsync(() => !Signals.IsAlive(child), "the orphan has ended", 10);
        Assert.Equal(Enumerable.Range(0, 100), await client.GatherAsync(futures).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private static int Slow(string path, int x)
    {
        RunLog.Note(path, $"{x} {Environment.ProcessId}");
        Thread.CurrentThread.Join(25);
        return x;
    }

    private static int Work(int x)
    {
        Thread.CurrentThread.Join(10);
        return x;
    }

    private static int DieOnce(string path, int x)
    {
        var mark = Path.Combine(path, $"mark-{x}");
        if (File.Exists(mark))
            return x;
        File.WriteAllText(mark, "");
        return Suicide();
    }

    private static int Throw(string path)
    {
        RunLog.Note(path, "run");
        throw new InvalidOperationException("this is wrong");
    }

    private static int ThrowUnspeakable() => throw new UnspeakableException();

    private static int FailFast()
    {
        Environment.FailFast("a planted end");
        return 0;
    }

    private static int Overflow(int depth) => depth < 0 ? 0 : 1 + Overflow(depth + 1) + Overflow(depth + 2);

    private static int Exit()
    {
        Environment.Exit(7);
        return 0;
    }

    private static int BareThread()
    {
        new Thread(static () => throw new InvalidOperationException("on a bare thread")).Start();
        Thread.CurrentThread.Join(Timeout.Infinite);
        return 0;
    }

    private static int Suicide()
    {
        Process.GetCurrentProcess().Kill();
        Thread.CurrentThread.Join(Timeout.Infinite);
        return 0;
    }

    private sealed class UnspeakableException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message either");

        public override string ToString() => throw new InvalidOperationException("no text either");
    }
}
