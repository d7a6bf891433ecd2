namespace TaskGraph.Tests;

public class CallTests(RunningCluster running) : IClassFixture<RunningCluster>
{
    private Client Client => running.Client;

    [Fact]
    public Task Every_shape_of_call_gives_its_value() => ExpectedValues.CheckAllAsync(Client);

    [Fact]
    public async Task A_hundred_thousand_tiny_tasks_come_back_in_order()
    {
        var values = await Client.GatherAsync(Client.Map(x => x + 1, Enumerable.Range(0, 100_000)));

        Assert.Equal(Enumerable.Range(1, 100_000), values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_takes_a_hundred_and_fifty_thousand_results_in_order(bool isPure)
    {
        const int Count = 150_000;
        var options = new SubmitOptions { Pure = isPure };
        var sources = Client.Map(x => x, Enumerable.Range(0, Count), options);

        var broken = await Client.Submit(
            static (int[] values) => Enumerable.Range(0, values.Length).Count(i => values[i] != i) - values.Length,
            Arg.All(sources),
            options);

        Assert.Equal(-Count, broken);
    }

    [Fact]
    public async Task A_map_whose_values_end_in_an_exception_leaves_nothing_behind()
    {
        var before = (await Client.SchedulerInfoAsync()).TaskCounts.Values.Sum();

        Assert.Throws<InvalidDataException>(
            () => Client.Map(static x => x, Values(), new SubmitOptions { Pure = false }));

        Assert.Equal(1, await Client.Submit(static () => 1));
        Assert.InRange((await Client.SchedulerInfoAsync()).TaskCounts.Values.Sum(), 0, before + 1);

        static IEnumerable<int> Values()
        {
            for (var i = 0; i < 100_000; i++)
                yield return i;
            throw new InvalidDataException("the values end here");
        }
    }

    [Fact]
    public async Task Equal_pure_calls_share_one_run_and_impure_ones_do_not()
    {
        using var log = new RunLog();
        var path = log.Path;
        var shared = new[] { Client.Submit(RunLog.Append, path, "pure"), Client.Submit(RunLog.Append, path, "pure") };
        await Client.GatherAsync(shared);
        var impure = new SubmitOptions { Pure = false };
        await Client.GatherAsync(
            [Client.Submit(RunLog.Append, path, "own", impure), Client.Submit(RunLog.Append, path, "own", impure)]);

        Assert.Equal(shared[0].Key, shared[1].Key);
        Assert.Equal(["own", "own", "pure"], log.Lines.Order());
    }

    [Fact]
    public async Task A_key_names_the_task_and_tells_it_from_others()
    {
        var future = Client.Submit(() => TaskContext.Current!.Key, new SubmitOptions { Key = "who-am-i" });

        Assert.Equal("who-am-i", future.Key);
        Assert.Equal("who-am-i", await future);
    }

    [Fact]
    public async Task Workers_restricts_where_a_task_runs()
    {
        var wanted = running.Cluster.Workers[1].Name;
        var options = new SubmitOptions { Workers = [wanted], Pure = false };
        var names = await Client.GatherAsync(
            Enumerable.Range(0, 20).Select(_ => Client.Submit(() => TaskContext.Current!.WorkerName, options)));

        Assert.All(names, name => Assert.Equal(wanted, name));
    }

    [Fact]
    public async Task Large_results_come_straight_from_the_workers()
    {
        var futures = Client.Map(n => Enumerable.Repeat((double)n, 200_000).ToArray(), Enumerable.Range(0, 6));
        var arrays = await Client.GatherAsync(futures);

        Assert.All(Enumerable.Range(0, 6), n => Assert.Equal((200_000, (double)n), (arrays[n].Length, arrays[n][^1])));
        Assert.All(await Client.WhoHasAsync(futures), holders => Assert.NotEmpty(holders));
    }

    [Fact]
    public async Task A_large_argument_is_warned_of_by_name_and_arrives()
    {
        var warnings = new List<string>();
        Client.Warning += warnings.Add;
        var measurements = new double[300_000];
        measurements[^1] = 7;

        Assert.Equal(7, await Client.Submit((double[] readings) => readings[^1], measurements));
        Assert.Contains(warnings, line => line.Contains("'readings'", StringComparison.Ordinal)
            && line.Contains("ScatterAsync", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scattered_values_are_spread_over_the_workers_and_taken_as_arguments()
    {
        var parts = await Client.ScatterAsync(Enumerable.Range(0, 6).Select(n => new[] { n, n * 10 }));
        var sums = await Client.GatherAsync(Client.Map(part => part.Sum(), parts));
        var back = await Client.GatherAsync(parts);

        Assert.Equal([0, 11, 22, 33, 44, 55], sums);
        Assert.Equal([5, 50], back[5]);
        Assert.Equal(3, (await Client.WhoHasAsync(parts)).SelectMany(holders => holders).Distinct().Count());
    }

    [Fact]
    public async Task As_completed_yields_in_the_order_of_completion()
    {
        var futures = Client.Map(WaitForGate, [3, 1, 2], new SubmitOptions { Pure = false });
        await using var ends = Client.AsCompleted(futures).GetAsyncEnumerator();
        for (var n = 1; n <= 3; n++)
        {
            await Client.Event($"gate {n}").SetAsync();
            Assert.True(await ends.MoveNextAsync());
            Assert.Equal(n, await ends.Current);
        }

        Assert.False(await ends.MoveNextAsync());
    }

    [Fact]
    public async Task Wait_for_the_first_says_what_is_done_and_what_is_not()
    {
        var quick = Client.Submit(() => 1);
        var slow = Client.Submit(
            async token => { await Task.Delay(Timeout.Infinite, token); return 2; }, CancellationToken.None);
        var result = await Client.WaitAsync([quick, slow], WaitFor.First);
        var unfinished = await Client.WaitAsync([slow], WaitFor.All, TimeSpan.FromMilliseconds(1));
        await slow.CancelAsync();

        Assert.Equal([quick], result.Done);
        Assert.Equal([slow], result.NotDone);
        Assert.Equal([slow], unfinished.NotDone);
    }

    [Fact]
    public async Task Run_calls_a_function_once_on_every_worker()
    {
        var pids = await Client.RunAsync(() => Environment.ProcessId);

        Assert.Equal(running.Cluster.Workers.Select(worker => worker.Address).Order(), pids.Keys.Order());
        Assert.All(running.Cluster.Workers, worker => Assert.Equal(worker.ProcessId, pids[worker.Address]));
    }

    [Fact]
    public async Task The_scheduler_tells_of_itself_and_its_workers()
    {
        var info = await Client.SchedulerInfoAsync();

        Assert.Equal(running.Cluster.SchedulerProcessId, info.SchedulerProcessId);
        Assert.Equal(running.Cluster.Workers.Select(worker => worker.ProcessId).Order(),
            info.Workers.Select(worker => worker.ProcessId).Order());
        Assert.All(info.Workers, worker => Assert.Equal((1, 1L << 30), (worker.Threads, worker.MemoryLimitBytes)));
    }

    [Fact]
    public async Task Reports_of_a_running_task_arrive_in_order_and_end_with_it()
    {
        var future = Client.Submit(() =>
        {
            for (byte i = 0; i < 100; i++)
                TaskContext.Current!.Report(new[] { i });
            return "done";
        });
        var reports = new List<byte>();
        await foreach (var report in future.Reports())
            reports.Add(report.Span[0]);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), reports);
        Assert.Equal("done", await future);
    }

    [Fact]
    public async Task A_result_that_nobody_holds_any_more_is_forgotten()
    {
        using var log = new RunLog();
        var named = new SubmitOptions { Key = "to be forgotten" };
        var future = Client.Submit(RunLog.Append, log.Path, "run", named);
        Assert.Equal(1, await future);
        Assert.NotEmpty((await Client.WhoHasAsync([future]))[0]);
        var again = Client.Submit(RunLog.Append, log.Path, "run", named);
        Assert.Equal(1, await again);

        future.Dispose();
        again.Dispose();

        Assert.Equal(2, await Client.Submit(RunLog.Append, log.Path, "run", named));
    }

    [Fact]
    public async Task Tasks_submit_tasks_and_wait_for_them_without_holding_their_slot()
    {
        Assert.Equal(55, await Client.Submit(FibonacciAsync, 10));
        var captured = Client;
        Assert.Equal(7, await Client.Submit(async () => await captured.Submit(() => 7)));
    }

    [Fact]
    public async Task A_sequence_may_name_a_result_twice_and_beside_another_argument()
    {
        var (a, b) = (Client.Submit(() => 1), Client.Submit(() => 10));

        var text = Client.Submit((x, all) => $"{x}: {string.Join(' ', all)}", a, Arg.All([b, a, b]));

        Assert.Equal("1: 10 1 10", await text);
    }

    private static async Task<int> WaitForGate(int n)
    {
        await TaskGraph.Client.Current!.Event($"gate {n}").WaitAsync();
        return n;
    }

    private static async Task<int> FibonacciAsync(int n)
    {
        if (n < 2)
            return n;
        var client = TaskGraph.Client.Current!;
        var (left, right) = (client.Submit(FibonacciAsync, n - 1), client.Submit(FibonacciAsync, n - 2));
        return await left + await right;
    }
}
