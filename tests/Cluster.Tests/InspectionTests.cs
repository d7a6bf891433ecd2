namespace TaskGraph.Tests;

/// <summary>Looking at the cluster, gathering in shapes, several locks at once, tasks that ask to be run again.</summary>
public sealed class InspectionTests(RunningCluster running) : IClassFixture<RunningCluster>
{
    private Client Client => running.Client;

    [Fact]
    public async Task What_workers_hold_run_and_are_is_told_by_name()
    {
        var name = (await Client.SchedulerInfoAsync()).Workers[0].Name;
        var here = new SubmitOptions { Workers = [name], Key = "held here" };
        using var held = Client.Submit(() => new double[1000], here);
        await Client.WaitAsync([held]);
        var busy = Client.Submit(
            async () => await Task.Delay(Timeout.Infinite, TaskContext.Current!.Cancellation),
            here with { Key = "busy here" });
        while (!(await Client.CallStackAsync([name])).Values.Single().Any(task => task.Key == "busy here"))
            await Task.Yield();

        Assert.Contains("held here", (await Client.HasWhatAsync())[name]);
        Assert.Contains("busy here", (await Client.ProcessingAsync())[name]);
        Assert.True((await Client.BytesAsync())["held here"] >= 8000);
        Assert.Equal(1, (await Client.ThreadsAsync())[name]);
        var call = (await Client.CallStackAsync([name])).Values.Single().Single(task => task.Key == "busy here");
        Assert.Equal("awaiting, with a slot", call.Where);
        Assert.True(call.Elapsed > TimeSpan.Zero);
        await busy.CancelAsync("seen enough");
    }

    [Fact]
    public async Task Workers_tell_the_versions_they_run_on()
    {
        var versions = await Client.VersionsAsync();

        Assert.Equal(3, versions.Count);
        Assert.All(versions.Values, each => Assert.Equal(ProcessVersions.Current, each));
    }

    [Fact]
    public async Task Gathering_may_leave_out_what_failed_and_keeps_the_shape_of_containers()
    {
        var futures = Client.Map(x => x % 3 == 1 ? throw new FormatException() : x * 10, Enumerable.Range(0, 6));

        int[] values = await Client.GatherAsync(futures, GatherErrors.Skip);
        Assert.Equal([0, 20, 30, 50], values);
        await Assert.ThrowsAsync<TaskFailedException>(() => Client.GatherAsync(futures, GatherErrors.Throw));
        var byName = await Client.GatherAsync(
            new Dictionary<string, Future<int>> { ["a"] = futures[0], ["c"] = futures[2] });
        Assert.Equal(20, byName["c"]);
        Future<int>[][] rows = [[futures[0]], [], [futures[2], futures[3]]];
        int[][] expected = [[0], [], [20, 30]];
        Assert.Equal(expected, await Client.GatherAsync(rows));
    }

    [Fact]
    public async Task Several_locks_are_held_all_at_once_or_not_at_all()
    {
        await using var other = await Client.ConnectAsync(running.Cluster);
        await using (var both = await Client.MultiLock(["right", "left", "left"]).AcquireAsync())
        {
            both.ThrowIfLost();
            Assert.Equal(2, both.Leases.Count);
            await Assert.ThrowsAsync<TimeoutException>(
                () => other.MultiLock(["between", "left"]).AcquireAsync(TimeSpan.FromMilliseconds(20)));
            Assert.False(await other.Lock("between").IsLockedAsync());
        }

        await using var theirs = await other.MultiLock(["left", "right"]).AcquireAsync();
        Assert.True(theirs.IsValid);
        await using var free = await Client.MultiLock(["left", "between", "right", "beside"]).AcquireAsync(2);
        Assert.Equal(["beside", "between"], free.Leases.Select(lease => lease.Name));
        Assert.All(free.Leases, lease => Assert.True(lease.Token > theirs.Leases.Max(held => held.Token)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client.MultiLock(["left"]).AcquireAsync(2));
    }

    [Fact]
    public async Task A_task_that_asks_for_it_is_run_again_without_costing_a_retry()
    {
        using var log = new RunLog();
        var third = Client.Submit(
            path => RunLog.Append(path, "run") is var runs && runs < 3 ? throw new RescheduleException() : runs,
            log.Path,
            new SubmitOptions { Pure = false });

        Assert.Equal(3, await third);
    }

    [Fact]
    public async Task What_is_submitted_in_a_span_is_counted_there_by_function_with_states_times_and_bytes()
    {
        var before = DateTime.UtcNow;
        Future<double[]>[] loaded;
        using (Client.Annotate(span: "etl"))
        using (Client.Annotate(span: "load"))
            loaded = Client.Map(Load, Enumerable.Range(0, 6));
        Future<int> sum;
        using (Client.Annotate(span: "etl"))
            sum = Client.Submit(Longest, loaded);
        Assert.Equal(100, await sum);

        var groups = await Client.TaskGroupsAsync("etl");
        var load = groups.Single(group => group.Span == "etl/load");
        Assert.Equal((6, 0, 6), (load.Finished, load.Failed, load.States["Memory"]));
        Assert.True(load.TotalBytes >= 6 * 800);
        Assert.InRange(load.Started!.Value, before.AddSeconds(-1), load.Stopped!.Value);
        Assert.Equal(1, groups.Single(group => group.Span == "etl").Finished);
        Assert.Empty(await Client.TaskGroupsAsync("etl/lo"));
        var prefix = (await Client.TaskPrefixesAsync()).Single(each => each.Function == load.Function);
        Assert.Equal((6, ""), (prefix.Finished, prefix.Span));
        Assert.Equal(prefix.TotalTime / 6, prefix.MeanTime);
    }

    [Fact]
    public async Task The_stream_of_tasks_tells_what_ran_when_and_where()
    {
        var since = DateTime.UtcNow;
        await Client.Submit(() => 1, new SubmitOptions { Key = "streamed", Pure = false });

        var run = (await Client.GetTaskStreamAsync(since.AddSeconds(-1))).Single(one => one.Key == "streamed");
        Assert.False(run.HasFailed);
        Assert.InRange(run.Stopped, since.AddSeconds(-1), DateTime.UtcNow);
        Assert.True(run.Duration >= TimeSpan.Zero);
        Assert.Contains(run.Worker, (await Client.SchedulerInfoAsync()).Workers.Select(worker => worker.Name));
        Assert.Empty(await Client.GetTaskStreamAsync(DateTime.UtcNow.AddHours(1)));
    }

    private static double[] Load(int seed) => new double[100 + (seed * 0)];

    private static int Longest(IEnumerable<double[]> all) => all.Max(each => each.Length);
}
