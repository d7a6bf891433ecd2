using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace Worker.Tests.Server;

public class WorkerServerTests
{
    internal static int Double(int value) => 2 * value;

    internal static int Add(int left, int right) => left + right;

    internal static int Fail(int value) => throw new InvalidOperationException($"no {value} here");

    internal static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];

    internal static double Sum(float[] values) => values.Sum(value => (double)value);

    internal static int AddressLength() => TaskContext.Current!.WorkerAddress.Length;

    [Fact]
    public async Task A_worker_takes_the_first_free_port_of_its_range_and_tells_others_what_to_dial()
    {
        await using var scheduler = new FakeScheduler();
        var options = new WorkerServerOptions { Scheduler = scheduler.Address, SharesProcess = true };
        await using var first = await WorkerServer.StartAsync(options with { Name = "first" });
        var taken = Address.Parse(first.DataAddress).Port;
        var listen = new Address(Address.Tcp, "127.0.0.1", taken);

        await using var second = await WorkerServer.StartAsync(options with
        {
            Name = "second",
            Listen = listen,
            LastPort = Math.Min(taken + 50, ushort.MaxValue),
        });
        Assert.InRange(Address.Parse(second.DataAddress).Port, taken + 1, taken + 50);
        await using var third = await WorkerServer.StartAsync(
            options with { Name = "third", ContactHost = "gateway", ContactPort = 7000 });
        Assert.Equal("tcp://gateway:7000", third.DataAddress);
        await Assert.ThrowsAsync<ListenException>(
            () => WorkerServer.StartAsync(options with { Name = "fourth", Listen = listen, LastPort = taken }));
    }

    [Fact]
    public async Task A_task_runs_and_its_small_value_comes_with_the_message()
    {
        await using var bed = await Bed.StartAsync(1);
        var link = bed.Links[0];
        link.Send(Tasks.Compute(1, link.Define(Double), Tasks.Value(21), flags: ComputeFlags.InlineResult));
        var finished = await link.NextAsync<TasksFinished>();
        Assert.Equal(Tasks.T(1), finished.Tasks[0]);
        Assert.Equal(42, Tasks.Inline<int>(finished));
    }

    [Fact]
    public async Task Code_that_the_worker_lacks_is_asked_for_and_loaded()
    {
        await using var bed = await Bed.StartAsync(1, sharesProcess: false);
        var link = bed.Links[0];
        link.Send(Tasks.Compute(1, link.Define(Double), Tasks.Value(4), flags: ComputeFlags.InlineResult));
        Assert.True((await link.NextAsync<NeedAssemblies>()).Contents.Count > 0);
        Assert.Equal(8, Tasks.Inline<int>(await link.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task A_task_that_throws_is_reported_with_type_message_stack_key_and_worker()
    {
        await using var bed = await Bed.StartAsync(1);
        var link = bed.Links[0];
        link.Send(Tasks.Compute(1, link.Define(Fail), Tasks.Value(3), name: "my-task"));
        var error = (await link.NextAsync<TasksFailed>()).Errors[0];
        Assert.Equal(TaskErrorKind.Exception, error.Kind);
        Assert.Equal("System.InvalidOperationException", error.ExceptionType);
        Assert.Equal("no 3 here", error.Message);
        Assert.Contains(nameof(Fail), error.RemoteStack);
        Assert.Equal("my-task", error.Key);
        Assert.Contains(link.DataAddress, error.Worker);
    }

    [Fact]
    public async Task Inputs_are_fetched_from_other_workers_and_announced()
    {
        await using var bed = await Bed.StartAsync(2);
        bed.Introduce();
        var (one, two) = (bed.Links[0], bed.Links[1]);
        one.Send(Tasks.Compute(1, one.Define(Ramp), Tasks.Value(5000)));
        await one.NextAsync<TasksFinished>();
        two.Send(Tasks.Compute(
            2, two.Define(Sum), Tasks.Inputs(1), [(1, [one.Number])], flags: ComputeFlags.InlineResult));
        Assert.Equal([Tasks.T(1)], (await two.NextAsync<ReplicasAdded>()).Tasks.Span.ToArray());
        Assert.Equal(5000.0 * 4999 / 2, Tasks.Inline<double>(await two.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task A_value_of_one_numeric_type_serves_a_parameter_of_another()
    {
        await using var bed = await Bed.StartAsync(1);
        var link = bed.Links[0];
        link.Send(Tasks.Compute(1, link.Define(Double), Tasks.Value(21)));
        await link.NextAsync<TasksFinished>();
        link.Send(Tasks.Compute(
            2, link.Define((Func<long, long>)(value => value + 1)), Tasks.Inputs(1), [(1, [])],
            flags: ComputeFlags.InlineResult));
        Assert.Equal(43, Tasks.Inline<long>(await link.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task When_the_holder_is_gone_the_scheduler_is_asked_and_another_holder_taken()
    {
        await using var bed = await Bed.StartAsync(2);
        var (one, two) = (bed.Links[0], bed.Links[1]);
        one.Send(Tasks.Compute(1, one.Define(Double), Tasks.Value(1)));
        await one.NextAsync<TasksFinished>();
        var joined = new WorkersJoined();
        joined.Numbers.AddRange([7, one.Number]);
        joined.Addresses.AddRange(["tcp://127.0.0.1:1", one.DataAddress]);
        joined.Names.AddRange(["gone", "one"]);
        joined.Threads.AddRange([1, 1]);
        two.Send(joined, Tasks.Compute(
            2, two.Define(Double), Tasks.Inputs(1), [(1, [7])], flags: ComputeFlags.InlineResult));
        var missing = await two.NextAsync<DataMissing>();
        Assert.Equal((7, (byte)0), (missing.Holders[0], missing.Gone[0]));
        var refreshed = new HoldersRefreshed();
        refreshed.Tasks.Add(Tasks.T(1));
        refreshed.Holders.Add(one.Number);
        refreshed.HolderEnds.Add(1);
        two.Send(refreshed);
        Assert.Equal(4, Tasks.Inline<int>(await two.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task Values_are_served_put_and_freed_on_data_connections()
    {
        await using var bed = await Bed.StartAsync(1);
        var link = bed.Links[0];
        await using var data = await Connection.ConnectAsync(
            Address.Parse(link.DataAddress), new Hello { Role = PeerRole.Data });
        var payload = PayloadCodecs.Encode(11);
        data.Write(new PutData { RequestId = 1, Task = Tasks.T(5), Attachments = [payload.Body] });
        data.Flush();
        Assert.Equal("", ((PutDataReply)await NextAsync(data)).Error);
        link.Send(Tasks.Compute(
            6, link.Define(Double), Tasks.Inputs(1), [(5, [])], flags: ComputeFlags.InlineResult));
        Assert.Equal(22, Tasks.Inline<int>(await link.NextAsync<TasksFinished>()));
        Assert.Equal(DataStatus.Found, await AskAsync(data, 6));
        var free = new FreeTasks();
        free.Tasks.Add(Tasks.T(6));
        free.Attempts.Add(1);
        link.Send(free, Tasks.Compute(7, link.Define(Double), Tasks.Value(0)));
        await link.NextAsync<TasksFinished>();
        Assert.Equal(DataStatus.Missing, await AskAsync(data, 6));
    }

    [Fact]
    public async Task Small_values_share_a_message_and_a_large_one_keeps_its_place_between_them()
    {
        await using var bed = await Bed.StartAsync(1);
        var link = bed.Links[0];
        await using var data = await Connection.ConnectAsync(
            Address.Parse(link.DataAddress), new Hello { Role = PeerRole.Data });
        var (twice, ramp) = (link.Define(Double), link.Define(Ramp));
        link.Send(Tasks.Compute(1, twice, Tasks.Value(1)), Tasks.Compute(2, twice, Tasks.Value(2)),
            Tasks.Compute(3, ramp, Tasks.Value(5000)), Tasks.Compute(4, twice, Tasks.Value(4)));
        for (var finished = 0; finished < 4;)
            finished += (await link.NextAsync<TasksFinished>()).Tasks.Count;
        var request = new GetData { RequestId = 3 };
        request.Tasks.AddRange([Tasks.T(1), Tasks.T(2), Tasks.T(3), Tasks.T(4), Tasks.T(99)]);
        data.Write(request);
        data.Flush();
        var answers = new List<Message>();
        while (answers.Count < 3)
            Assert.True(await data.ReceiveAsync(answers));

        var before = Assert.IsType<DataReplies>(answers[0]);
        Assert.Equal([Tasks.T(1), Tasks.T(2)], before.Tasks.Span.ToArray());
        Assert.Equal([2], before.Values[0].ToArray());
        Assert.Equal([4], before.Values[1].ToArray());
        Assert.Equal(20_000, Assert.IsType<DataReply>(answers[1]).Attachments[1].Length);
        var after = Assert.IsType<DataReplies>(answers[2]);
        Assert.Equal([Tasks.T(4), Tasks.T(99)], after.Tasks.Span.ToArray());
        Assert.Equal([(byte)DataStatus.Found, (byte)DataStatus.Missing], after.Statuses.Span.ToArray());
        Assert.All(answers, answer => Assert.Equal(3ul, answer is DataReply one ? one.RequestId : ((DataReplies)answer).RequestId));
    }

    [Fact]
    public async Task Thousands_of_small_inputs_arrive_and_are_summed()
    {
        await using var bed = await Bed.StartAsync(2);
        bed.Introduce();
        var (one, two) = (bed.Links[0], bed.Links[1]);
        const int Count = 9_000;
        var twice = one.Define(Double);
        for (var i = 1; i <= Count; i++)
            one.Send(Tasks.Compute(i, twice, Tasks.Value(i)));
        for (var finished = 0; finished < Count;)
            finished += (await one.NextAsync<TasksFinished>()).Tasks.Count;
        two.Send(Tasks.Compute(
            Count + 1,
            two.Define((Func<int[], long>)(values => values.Sum(value => (long)value))),
            Tasks.Arguments((ref ArgumentWriter writer) => writer.Dependencies(0, Count)),
            [.. Enumerable.Range(1, Count).Select(i => (i, new[] { one.Number }))],
            flags: ComputeFlags.InlineResult));
        Assert.Equal((long)Count * (Count + 1), Tasks.Inline<long>(await two.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task A_function_runs_outside_the_task_system_and_sees_its_worker()
    {
        await using var bed = await Bed.StartAsync(1);
        var link = bed.Links[0];
        link.Send(new RunFunction { RequestId = 3, Function = link.Define(AddressLength) });
        var result = await link.NextAsync<FunctionResult>();
        Assert.Null(result.Error);
        Assert.Equal(link.DataAddress.Length, PayloadCodecs.Decode<int>(new Payload(result.Value)));
    }

    [Fact]
    public async Task An_aborted_task_sees_its_token_and_reports_nothing()
    {
        await using var bed = await Bed.StartAsync(1);
        var link = bed.Links[0];
        var wait = link.Define((Func<CancellationToken, Task<int>>)(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 1;
        }));
        link.Send(Tasks.Compute(1, wait, Tasks.Arguments((ref ArgumentWriter writer) => writer.CancellationToken())));
        var abort = new AbortTasks();
        abort.Tasks.Add(Tasks.T(1));
        abort.Attempts.Add(1);
        link.Send(abort);
        link.Send(Tasks.Compute(2, link.Define(Double), Tasks.Value(1)));
        Assert.Equal(Tasks.T(2), (await link.NextAsync<TasksFinished>()).Tasks[0]);
    }

    [Fact]
    public async Task A_worker_that_lost_its_scheduler_comes_back_as_a_new_incarnation_with_what_it_holds_and_runs()
    {
        await using var bed = await Bed.StartAsync(1);
        var first = bed.Links[0];
        first.Send(Tasks.Compute(1, first.Define(Double), Tasks.Value(1)));
        await first.NextAsync<TasksFinished>();
        s_gate = new TaskCompletionSource();
        first.Send(Tasks.Compute(3, first.Define(WaitForGate), Tasks.Value(0)));
        while ((await first.NextAsync<Heartbeat>()).ExecutingCount == 0)
        {
        }

        first.Connection.Abort("a cable was pulled");
        var second = await bed.Scheduler.NextWorkerAsync();
        var inventory = await second.NextAsync<WorkerInventory>();
        Assert.NotEqual(first.Connection.Hello.Incarnation, second.Connection.Hello.Incarnation);
        Assert.Equal(first.Connection.Hello.Incarnation, second.Connection.Hello.FormerIncarnation);
        Assert.Equal([Tasks.T(1)], inventory.Held.Span.ToArray());
        Assert.Equal([1], inventory.HeldAttempts.Span.ToArray());
        Assert.Contains(Tasks.T(3), inventory.Running.Span.ToArray());
        Assert.True(inventory.IsLast);
        s_gate.SetResult();
        Assert.Contains(Tasks.T(3), (await second.NextAsync<TasksFinished>()).Tasks.Span.ToArray());
        second.Send(Tasks.Compute(2, second.Define(Double), Tasks.Value(4), flags: ComputeFlags.InlineResult));
        while (true)
        {
            var finished = await second.NextAsync<TasksFinished>();
            if (!finished.Tasks.Span.Contains(Tasks.T(2)))
                continue;
            Assert.Equal(8, Tasks.Inline<int>(finished));
            return;
        }
    }

    private static TaskCompletionSource s_gate = new();

    private static int WaitForGate(int x)
    {
        s_gate.Task.Wait(Limits.Long);
        return x;
    }

    [Fact]
    public async Task A_worker_sent_away_by_the_scheduler_takes_leave_and_ends()
    {
        await using var bed = await Bed.StartAsync(1);
        bed.Links[0].Send(new Goodbye { Reason = "closing" });
        await bed.Links[0].NextAsync<Goodbye>();
        await bed.Workers[0].Completion.WaitAsync(Limits.Long);
        await bed.Links[0].Gone.WaitAsync(Limits.Long);
    }

    [Fact]
    public async Task A_worker_that_is_closed_takes_leave_of_its_scheduler()
    {
        await using var bed = await Bed.StartAsync(1);
        await bed.Workers[0].DisposeAsync();
        await bed.Links[0].NextAsync<Goodbye>();
    }

    [Fact]
    public async Task A_worker_without_a_scheduler_gives_up_after_its_death_timeout()
    {
        var options = new WorkerServerOptions
        {
            Scheduler = Address.Parse("tcp://127.0.0.1:1"),
            DeathTimeout = TimeSpan.FromMilliseconds(200),
        };
        var exception = await Assert.ThrowsAsync<SchedulerUnreachableException>(() => WorkerServer.StartAsync(options));
        Assert.Contains("tcp://127.0.0.1:1", exception.Message);
    }

    [Fact]
    public async Task A_worker_started_before_its_scheduler_waits_for_it()
    {
        await using var probe = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        var address = probe.Address;
        await probe.DisposeAsync();
        var starting = WorkerServer.StartAsync(new WorkerServerOptions { Scheduler = address, Threads = 1 });
        await using var scheduler = new FakeScheduler(address);
        await scheduler.NextWorkerAsync();
        await (await starting.WaitAsync(Limits.Long)).DisposeAsync();
    }

    [Fact]
    public async Task Ten_thousand_tiny_tasks_all_finish()
    {
        await using var bed = await Bed.StartAsync(1, threads: 2);
        var link = bed.Links[0];
        var function = link.Define(Double);
        const int Count = 10_000;
        for (var start = 0; start < Count; start += 1000)
        {
            var message = Tasks.Compute(start, function, Tasks.Value(start));
            for (var task = start + 1; task < start + 1000; task++)
                Append(message, task);
            link.Send(message);
        }

        var seen = new HashSet<TaskId>();
        while (seen.Count < Count)
        {
            foreach (var task in (await link.NextAsync<TasksFinished>()).Tasks.Span)
                Assert.True(seen.Add(task));
        }
    }

    private static void Append(ComputeTasks message, int task)
    {
        message.Tasks.Add(Tasks.T(task));
        message.Attempts.Add(1);
        message.Priorities.Add(task);
        message.FunctionIndex.Add(0);
        message.Arguments.Add(Tasks.Value(task));
        message.TimeoutMs.Add(0);
        message.Flags.Add(0);
        message.KeyNames.Add([]);
        message.DependencyEnds.Add(0);
    }

    private static async Task<Message> NextAsync(Connection connection)
    {
        var messages = new List<Message>();
        await connection.ReceiveAsync(messages).AsTask().WaitAsync(Limits.Long);
        return messages[0];
    }

    private static async Task<DataStatus> AskAsync(Connection connection, int task)
    {
        var request = new GetData { RequestId = 9 };
        request.Tasks.Add(Tasks.T(task));
        connection.Write(request);
        connection.Flush();
        return (DataStatus)((DataReplies)await NextAsync(connection)).Statuses[0];
    }
}
