using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine.Coordination;

public class SharedValueTests
{
    private readonly CoordinationBench _bench = new();

    [Fact]
    public void A_queue_gives_values_and_turns_first_come_first_served()
    {
        ulong early = _bench.Take(_bench.A);
        ulong late = _bench.Take(_bench.B);
        foreach (byte value in new byte[] { 1, 2, 3, 4, 5 })
            _bench.Put(_bench.C, value);

        Assert.Equal([1], _bench.Values(_bench.A, early));
        Assert.Equal([2], _bench.Values(_bench.B, late));
        Assert.Equal([3, 4], _bench.Values(_bench.A, _bench.Take(_bench.A, count: 2)));
        Assert.Equal([5], _bench.Values(_bench.A, _bench.Take(_bench.A, count: 9)));
        Assert.Equal(SharedOutcome.TimedOut, _bench.OutcomeOf(_bench.A, _bench.Take(_bench.A, timeoutMs: 0)));
        Assert.Equal(0, _bench.Table.ObjectCount);
    }

    [Fact]
    public void A_put_said_again_by_a_client_that_was_forgotten_is_refused_as_it_may_have_been_carried_out()
    {
        Hello hello = new() { Role = PeerRole.Client, Incarnation = 77, Epoch = 1 };
        SchedulerClient back = _bench.Machine.Machine.ConnectClient(hello, _bench.Machine.Now);
        CoordinationReply Put(ulong id, int firstConnection)
        {
            _bench.Machine.Tell(back, new CoordinationCall
            {
                RequestId = id,
                Target = SharedKind.Queue,
                Operation = SharedOperation.Put,
                Name = "x",
                Value = [1],
                Connection = 3,
                FirstConnection = firstConnection,
            });
            return _bench.Reply(back, id)!;
        }

        CoordinationReply old = Put(1_000_001, firstConnection: 2);
        Assert.Equal(SharedOutcome.Refused, old.Outcome);
        Assert.Contains("not known", old.Error);
        Assert.Equal(SharedOutcome.Done, Put(1_000_002, firstConnection: 3).Outcome);
        Assert.Equal([1], _bench.Values(_bench.A, _bench.Take(_bench.A, count: 9)));
    }

    [Fact]
    public void Putting_into_a_full_queue_waits_for_room_in_the_order_of_coming()
    {
        _bench.Put(_bench.A, 1, limit: 1);
        ulong b = _bench.Put(_bench.B, 2, limit: 1);
        ulong impatient = _bench.Put(_bench.C, 9, timeoutMs: 500);
        ulong c = _bench.Put(_bench.C, 3);
        _bench.Machine.Advance(CoordinationBench.Second);
        Assert.Equal(SharedOutcome.TimedOut, _bench.OutcomeOf(_bench.C, impatient));
        Assert.Null(_bench.OutcomeOf(_bench.B, b));

        Assert.Equal([1], _bench.Values(_bench.A, _bench.Take(_bench.A)));
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, b));
        Assert.Null(_bench.OutcomeOf(_bench.C, c));
        Assert.Equal(SharedOutcome.Refused, _bench.OutcomeOf(_bench.A, _bench.Put(_bench.A, 4, limit: 7)));
        Assert.Equal([2], _bench.Values(_bench.A, _bench.Take(_bench.A)));
        Assert.Equal([3], _bench.Values(_bench.A, _bench.Take(_bench.A)));
    }

    [Fact]
    public void A_value_is_not_given_to_somebody_who_is_cut_off()
    {
        ulong gone = _bench.Take(_bench.A);
        ulong there = _bench.Take(_bench.B);
        _bench.Disconnect(_bench.A);
        _bench.Put(_bench.C, 1);
        Assert.Equal([1], _bench.Values(_bench.B, there));

        _bench.Put(_bench.C, 2);
        Assert.Null(_bench.OutcomeOf(_bench.A, gone));
        _bench.Reconnect(_bench.A);
        Assert.Equal([2], _bench.Values(_bench.A, gone));
    }

    [Fact]
    public void Readers_of_a_variable_wait_until_it_is_set_and_all_get_it()
    {
        ulong a = _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Get);
        ulong b = _bench.Say(_bench.B, SharedKind.Variable, SharedOperation.Get);
        Assert.Null(_bench.OutcomeOf(_bench.A, a));
        _bench.Say(_bench.C, SharedKind.Variable, SharedOperation.Put, value: 5);
        Assert.Equal([5], _bench.Values(_bench.A, a));
        Assert.Equal([5], _bench.Values(_bench.B, b));

        _bench.Say(_bench.C, SharedKind.Variable, SharedOperation.Delete);
        ulong late = _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Get, timeoutMs: 10);
        _bench.Machine.Advance(CoordinationBench.Second);
        Assert.Equal(SharedOutcome.TimedOut, _bench.OutcomeOf(_bench.A, late));
    }

    [Fact]
    public void Setting_an_event_wakes_all_who_wait_and_clearing_it_makes_them_wait_again()
    {
        ulong a = _bench.Say(_bench.A, SharedKind.Event, SharedOperation.Get);
        ulong b = _bench.Say(_bench.B, SharedKind.Event, SharedOperation.Get);
        _bench.Say(_bench.C, SharedKind.Event, SharedOperation.Put);
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.A, a));
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, b));

        _bench.Say(_bench.C, SharedKind.Event, SharedOperation.Clear);
        Assert.Null(_bench.OutcomeOf(_bench.A, _bench.Say(_bench.A, SharedKind.Event, SharedOperation.Get)));
    }

    [Fact]
    public void A_future_in_a_queue_keeps_its_task_when_its_client_is_gone_and_arrives_as_a_future()
    {
        SchedulerWorker worker = _bench.Machine.NewWorker();
        TaskId task = Submit();
        _bench.Say(_bench.A, SharedKind.Queue, SharedOperation.Put, tasks: task);
        _bench.Machine.Tell(_bench.A, new Goodbye());
        Assert.Equal(TaskState.Processing, _bench.Machine.Machine.StateOf(task));

        ulong request = _bench.Take(_bench.B);
        CoordinationReply reply = _bench.Reply(_bench.B, request)!;
        Assert.Equal(1, reply.TaskEnds[0]);
        TaskId adopted = new(1_000_000 + request, 0);
        _bench.Machine.Finish(worker, task);
        Assert.Equal([adopted], _bench.Machine.InMemory(_bench.B));

        _bench.Machine.Release(_bench.B, adopted);
        Assert.Equal(0, _bench.Machine.Machine.TaskCount);
        Assert.Equal(0, _bench.Table.KeepingCount);
    }

    [Fact]
    public void A_client_that_got_a_future_and_dies_wants_it_no_longer()
    {
        TaskId task = Submit();
        _bench.Say(_bench.A, SharedKind.Queue, SharedOperation.Put, tasks: task);
        _bench.Take(_bench.B);
        _bench.Machine.Release(_bench.A, task);
        Assert.NotEqual(TaskState.Forgotten, _bench.Machine.Machine.StateOf(task));

        _bench.Disconnect(_bench.B);
        _bench.Machine.Advance(31 * CoordinationBench.Second);
        Assert.Equal(0, _bench.Machine.Machine.TaskCount);
    }

    [Fact]
    public void A_future_whose_handing_over_was_lost_with_the_connection_is_handed_over_again()
    {
        TaskId task = Submit();
        _bench.Say(_bench.A, SharedKind.Queue, SharedOperation.Put, tasks: task);
        _bench.Machine.Release(_bench.A, task);
        ulong request = _bench.Take(_bench.B);
        _bench.Disconnect(_bench.B);
        _bench.Machine.Forget();
        _bench.Reconnect(_bench.B);
        CallsPending pending = new();
        pending.Requests.Add(request);
        _bench.Machine.Tell(_bench.B, pending);
        _bench.Machine.Tell(_bench.B, new TasksHeld { IsLast = true });
        _bench.Machine.Tell(_bench.B, new CoordinationCall
        {
            RequestId = request,
            Target = SharedKind.Queue,
            Operation = SharedOperation.Get,
            Name = "x",
            Limit = 1,
        });

        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, request));
        Assert.Empty(_bench.Machine.ToldTo<TasksLost>(_bench.B));
        Assert.NotEqual(TaskState.Forgotten, _bench.Machine.Machine.StateOf(task));

        _bench.Machine.Tell(_bench.B, new CallsPending());
        _bench.Machine.Tell(_bench.B, new TasksHeld { IsLast = true });
        Assert.Equal(0, _bench.Machine.Machine.TaskCount);
    }

    [Fact]
    public void A_future_of_a_task_that_was_cancelled_by_force_arrives_as_lost()
    {
        TaskId task = Submit();
        _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Put, tasks: task);
        CancelTasks cancel = new() { Force = true };
        cancel.Tasks.Add(task);
        _bench.Machine.Tell(_bench.C, cancel);
        ulong request = _bench.Say(_bench.B, SharedKind.Variable, SharedOperation.Get);

        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, request));
        Assert.Single(_bench.Machine.ToldTo<TasksLost>(_bench.B));
    }

    [Fact]
    public void A_future_that_nobody_holds_any_more_cannot_be_put()
    {
        ulong put = _bench.Say(_bench.A, SharedKind.Queue, SharedOperation.Put, tasks: new TaskId(5, 0));

        Assert.Equal(SharedOutcome.Refused, _bench.OutcomeOf(_bench.A, put));
        Assert.Equal(0, _bench.Table.ObjectCount);
    }

    [Fact]
    public void A_dataset_outlives_its_client_until_it_is_unpublished()
    {
        SchedulerWorker worker = _bench.Machine.NewWorker();
        TaskId task = Submit();
        _bench.Machine.Finish(worker, task);
        _bench.Say(_bench.A, SharedKind.Dataset, SharedOperation.Put, "stars", tasks: task);
        ulong twice = _bench.Say(_bench.A, SharedKind.Dataset, SharedOperation.Put, "stars", tasks: task);
        Assert.Equal(SharedOutcome.Refused, _bench.OutcomeOf(_bench.A, twice));
        _bench.Machine.Tell(_bench.A, new Goodbye());
        ulong get = _bench.Say(_bench.B, SharedKind.Dataset, SharedOperation.Get, "stars");
        Assert.Equal([new TaskId(1_000_000 + get, 0)], _bench.Machine.InMemory(_bench.B));
        ulong list = _bench.Say(_bench.B, SharedKind.Dataset, SharedOperation.List, "");
        Assert.Equal("stars", System.Text.Encoding.UTF8.GetString(_bench.Reply(_bench.B, list)!.Values[0]));

        _bench.Machine.Release(_bench.B, new TaskId(1_000_000 + get, 0));
        Assert.Equal(TaskState.Memory, _bench.Machine.Machine.StateOf(task));
        _bench.Say(_bench.B, SharedKind.Dataset, SharedOperation.Delete, "stars");
        Assert.Equal(0, _bench.Machine.Machine.TaskCount);
        ulong missing = _bench.Say(_bench.B, SharedKind.Dataset, SharedOperation.Get, "stars");
        Assert.Equal(SharedOutcome.Missing, _bench.OutcomeOf(_bench.B, missing));
    }

    private TaskId Submit()
    {
        Graph graph = new(10);
        TaskId task = graph.Add();
        _bench.Machine.Tell(_bench.A, graph.Message);
        return task;
    }
}
