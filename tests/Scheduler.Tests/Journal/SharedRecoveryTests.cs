using FsCheck;
using FsCheck.Fluent;
using Scheduler.Tests.Machine;
using Scheduler.Tests.Machine.Coordination;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Journal;

/// <summary>Queues, variables, events, datasets and leases outlive the scheduler, and calls are carried out once.</summary>
public class SharedRecoveryTests
{
    private const long Restart = 2_000_000;

    private static ulong s_requests = 10_000;

    private readonly CoordinationBench _bench = new();

    [Fact]
    public void A_replayed_or_shortened_journal_has_the_same_objects_whatever_clients_did_with_them() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20),
            Prop.ForAll(Gen.Choose(0, 1 << 20).ArrayOf(60).ToArbitrary(), CheckReplay));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Queues_variables_and_events_have_their_contents_after_a_restart(bool isShortened)
    {
        foreach (byte value in new byte[] { 1, 2, 3 })
            _bench.Put(_bench.A, value, limit: 3);
        Assert.Equal([1], _bench.Values(_bench.B, _bench.Take(_bench.B)));
        _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Put, "best", value: 7);
        _bench.Say(_bench.A, SharedKind.Event, SharedOperation.Put, "stop");
        _bench.Say(_bench.A, SharedKind.Event, SharedOperation.Put, "go");
        _bench.Say(_bench.A, SharedKind.Event, SharedOperation.Clear, "go");
        _bench.Machine.Tell(_bench.A, new Goodbye());

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient c = after.Connect(_bench.C);

        Assert.Equal([2], after.Reply(c, Ask(SharedKind.Queue, SharedOperation.Get, limit: 1))!.Values[0].ToArray());
        Assert.Equal([7], after.Reply(c, Ask(SharedKind.Variable, SharedOperation.Get, "best"))!.Values[0].ToArray());
        Assert.Equal(1, after.Reply(c, Ask(SharedKind.Event, SharedOperation.Count, "stop"))!.Number);
        Assert.Equal(0, after.Reply(c, Ask(SharedKind.Event, SharedOperation.Count, "go"))!.Number);
        CoordinationCall other = Ask(SharedKind.Queue, SharedOperation.Put, limit: 9);
        Assert.Equal(SharedOutcome.Refused, after.Reply(c, other)!.Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_carried_out_and_not_heard_of_is_not_carried_out_again_when_it_is_said_again(bool isShortened)
    {
        ulong put = _bench.Put(_bench.A, 1);
        _bench.Put(_bench.A, 2);
        ulong take = _bench.Take(_bench.B);
        ulong publish = _bench.Say(_bench.A, SharedKind.Dataset, SharedOperation.Put, "sales", value: 4);

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient a = after.Connect(_bench.A), b = after.Connect(_bench.B);

        Assert.Equal(SharedOutcome.Done, after.Reply(a, Again(put, SharedKind.Queue, SharedOperation.Put))!.Outcome);
        Assert.Equal(
            SharedOutcome.Done, after.Reply(a, Again(publish, SharedKind.Dataset, SharedOperation.Put, "sales"))!.Outcome);
        Assert.Equal([1], after.Reply(b, Again(take, SharedKind.Queue, SharedOperation.Get))!.Values[0].ToArray());
        Assert.Equal(1, after.Reply(b, Ask(SharedKind.Queue, SharedOperation.Count))!.Number);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Who_waited_for_an_event_goes_on_after_a_restart_although_it_was_set_and_cleared_while_he_was_away(
        bool isShortened, bool isConnected)
    {
        ulong wait = _bench.Say(_bench.B, SharedKind.Event, SharedOperation.Get, "go");
        if (!isConnected)
            _bench.Disconnect(_bench.B);
        _bench.Say(_bench.A, SharedKind.Event, SharedOperation.Put, "go");
        _bench.Say(_bench.A, SharedKind.Event, SharedOperation.Clear, "go");

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient b = after.Connect(_bench.B), c = after.Connect(_bench.C);

        Assert.Equal(SharedOutcome.Done, after.Reply(b, Again(wait, SharedKind.Event, SharedOperation.Get, "go"))!.Outcome);
        Assert.Null(after.Reply(c, Ask(SharedKind.Event, SharedOperation.Get, "go")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_waited_for_a_variable_has_its_value_after_a_restart_although_it_was_deleted_since(bool isShortened)
    {
        ulong wait = _bench.Say(_bench.B, SharedKind.Variable, SharedOperation.Get, "best");
        _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Put, "best", value: 7);
        _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Delete, "best");

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient b = after.Connect(_bench.B), c = after.Connect(_bench.C);

        Assert.Equal([7], after.Reply(b, Again(wait, SharedKind.Variable, SharedOperation.Get, "best"))!.Values[0].ToArray());
        Assert.Null(after.Reply(c, Ask(SharedKind.Variable, SharedOperation.Get, "best")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_waited_for_a_variable_has_its_futures_after_a_restart_although_it_was_deleted_since(bool isShortened)
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Machine.Tell(_bench.A, graph.Message);
        ulong wait = _bench.Say(_bench.B, SharedKind.Variable, SharedOperation.Get, "best");
        _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Put, "best", tasks: task);
        _bench.Say(_bench.A, SharedKind.Variable, SharedOperation.Delete, "best");
        _bench.Machine.Tell(_bench.A, new Goodbye());

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient b = after.Connect(_bench.B);
        CoordinationReply reply = after.Reply(b, Again(wait, SharedKind.Variable, SharedOperation.Get, "best"))!;

        Assert.Equal([1], reply.TaskEnds.Span.ToArray());
        Assert.Equal(TaskState.Queued, after.Machine.StateOf(task));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lease_goes_on_for_a_holder_that_renews_it_and_later_tokens_are_larger(bool isShortened)
    {
        ulong token = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        Restarted after = RestartedFrom(isShortened);
        SchedulerClient a = after.Connect(_bench.A), b = after.Connect(_bench.B);
        CoordinationCall waiting = Ask(SharedKind.Lock, SharedOperation.Acquire);
        Assert.Null(after.Reply(b, waiting));

        after.Advance(20_000_000, a, b);
        RenewLeases renew = new() { RequestId = 900 };
        renew.Tokens.Add(token);
        Assert.Equal(0, after.Tell(a, renew).OfType<LeasesRenewed>().Single().Lost.Count);
        after.Advance(20_000_000, a, b);
        Assert.Null(after.Reply(b, waiting));
        CoordinationCall release = Ask(SharedKind.Lock, SharedOperation.Release);
        release.Token = token;
        Assert.Equal(SharedOutcome.Done, after.Reply(a, release)!.Outcome);

        Assert.True(after.Reply(b, waiting)!.Token > token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Locks_taken_several_at_once_are_told_again_and_not_taken_again(bool isShortened)
    {
        CoordinationCall take = Ask(SharedKind.LockSet, SharedOperation.Acquire, "", limit: 2);
        take.Names = ["a", "b", "c"];
        take.LeaseMs = 30_000;
        _bench.Machine.Tell(_bench.A, take);
        CoordinationReply before = _bench.Reply(_bench.A, take.RequestId)!;

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient a = after.Connect(_bench.A);
        CoordinationReply again = after.Reply(a, take)!;

        Assert.Equal(before.Count, again.Count);
        Assert.Equal(before.Values.Bytes.ToArray(), again.Values.Bytes.ToArray());
        Assert.Equal(1, after.Reply(a, Ask(SharedKind.Lock, SharedOperation.Count, "a"))!.Number);
        Assert.Equal(1, after.Reply(a, Ask(SharedKind.Lock, SharedOperation.Count, "b"))!.Number);
        Assert.Equal(0, after.Reply(a, Ask(SharedKind.Lock, SharedOperation.Count, "c"))!.Number);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Metadata_is_there_after_a_restart(bool isShortened)
    {
        _bench.Say(_bench.A, SharedKind.Metadata, SharedOperation.Put, "runs/7/seed", limit: 1, value: 11);

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient b = after.Connect(_bench.B);

        Assert.Equal(
            [11], after.Reply(b, Ask(SharedKind.Metadata, SharedOperation.Get, "runs/7/seed", limit: 1))!.Values[0].ToArray());
    }

    [Fact]
    public void A_lease_whose_holder_does_not_come_back_ends_a_whole_duration_after_the_restart()
    {
        ulong token = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        Restarted after = RestartedFrom(isShortened: false);
        SchedulerClient b = after.Connect(_bench.B);
        CoordinationCall waiting = Ask(SharedKind.Lock, SharedOperation.Acquire);
        after.Tell(b, waiting);

        after.Advance(28_000_000, b);
        Assert.Null(after.Reply(b, waiting));
        after.Advance(2_000_000, b);

        Assert.True(after.Reply(b, waiting)!.Token > token);
    }

    [Fact]
    public void Tokens_go_on_above_those_of_before_although_nothing_is_held_any_more_and_the_clock_began_anew()
    {
        _bench.Machine.Advance(50_000_000);
        ulong token = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        _bench.Say(_bench.A, SharedKind.Lock, SharedOperation.Release, token: token);

        Restarted after = RestartedFrom(isShortened: true);

        Assert.True(after.Reply(after.Connect(_bench.B), Ask(SharedKind.Lock, SharedOperation.Acquire))!.Token > token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Futures_in_a_queue_are_there_after_a_restart_although_who_put_them_has_left(bool isShortened)
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Machine.Tell(_bench.A, graph.Message);
        _bench.Say(_bench.A, SharedKind.Queue, SharedOperation.Put, tasks: task);
        _bench.Machine.Tell(_bench.A, new Goodbye());

        Restarted after = RestartedFrom(isShortened);
        SchedulerClient b = after.Connect(_bench.B);
        CoordinationCall take = Ask(SharedKind.Queue, SharedOperation.Get, limit: 1);
        CoordinationReply reply = after.Reply(b, take)!;

        Assert.Equal([1], reply.TaskEnds.Span.ToArray());
        Assert.Equal(TaskState.Queued, after.Machine.StateOf(task));
        ReleaseTasks release = new();
        release.Tasks.Add(new TaskId(take.Submission, 0));
        after.Tell(b, release);
        Assert.Equal(TaskState.Forgotten, after.Machine.StateOf(task));
    }

    [Fact]
    public void A_call_is_answered_when_what_it_did_is_on_disk_and_not_before()
    {
        SchedulerMachine machine = new(new SchedulerMachineOptions()) { Journal = new JournalOutbox() };
        Restarted shell = new(machine);
        SchedulerClient client = machine.ConnectClient(new Hello { Incarnation = 5 }, 1);
        CoordinationCall put = Ask(SharedKind.Dataset, SharedOperation.Put, "sales", limit: 1);

        Assert.Null(shell.Reply(client, put));
        Assert.Null(shell.Reply(client, put));
        Assert.True(machine.Journal.Entries[^1].IsDurable);
        machine.Committed(machine.Journal.Sequence - 1, 2);
        Assert.Null(shell.Reply(client, Ask(SharedKind.Dataset, SharedOperation.Get, "sales", limit: 1)));
        machine.Committed(machine.Journal.Sequence, 2);

        Assert.Equal(2, shell.Collect(client).OfType<CoordinationReply>().Count());
    }

    private static void CheckReplay(int[] choices)
    {
        CoordinationBench bench = new();
        SchedulerClient[] clients = [bench.A, bench.B, bench.C];
        Graph graph = new(1);
        TaskId[] tasks = [graph.Add(), graph.Add(), graph.Add()];
        bench.Machine.Tell(bench.A, graph.Message);
        List<(SchedulerClient Client, ulong Request)> acquired = [];
        foreach (int choice in choices)
        {
            Step(bench, clients[choice % 3], choice / 3, tasks, acquired);
            byte[] journal = JournalBytes.Of(bench.Machine.Recorded);
            Assert.Equal(bench.Machine.Machine.DurableHash(), JournalBytes.Replay(journal, journal.Length).Machine.DurableHash());
        }

        byte[] shorter = JournalBytes.Shortened(bench.Machine);
        Assert.Equal(bench.Machine.Machine.DurableHash(), JournalBytes.Replay(shorter, shorter.Length).Machine.DurableHash());
    }

    private static void Step(
        CoordinationBench bench, SchedulerClient client, int choice, TaskId[] tasks,
        List<(SchedulerClient Client, ulong Request)> acquired)
    {
        int detail = choice / 16;
        string name = detail % 2 == 0 ? "x" : "y";
        if (!client.IsConnected)
        {
            if (bench.Machine.Now < client.LeaseEnd)
                bench.Reconnect(client);
            return;
        }

        switch (choice % 16)
        {
            case 0 or 1: bench.Put(client, (byte)detail, limit: detail % 3 == 0 ? 4 : 0, timeoutMs: 1000); break;
            case 2: bench.Take(client, 1 + (detail % 3), timeoutMs: 1000); break;
            case 3:
                bench.Say(
                    client, SharedKind.Variable, detail % 3 == 0 ? SharedOperation.Get : SharedOperation.Put, name, value: (byte)detail,
                    timeoutMs: 1000);
                break;
            case 4: bench.Say(client, SharedKind.Variable, SharedOperation.Delete, name); break;
            case 5: bench.Say(client, SharedKind.Event, SharedOperation.Put, name); break;
            case 6:
                bench.Say(client, SharedKind.Event, detail % 3 == 0 ? SharedOperation.Get : SharedOperation.Clear, name, timeoutMs: 1000);
                break;
            case 7: bench.Say(client, SharedKind.Queue, SharedOperation.Put, name, tasks: tasks[detail % 3]); break;
            case 8: bench.Say(client, SharedKind.Dataset, SharedOperation.Put, name, limit: 1, value: (byte)detail); break;
            case 9: bench.Say(client, SharedKind.Dataset, SharedOperation.Delete, name); break;
            case 10: acquired.Add((client, bench.Lock(client, timeoutMs: 2000))); break;
            case 11: acquired.Add((client, bench.Acquire(client, 2))); break;
            case 12 when acquired.Count > 0:
                (SchedulerClient holder, ulong request) = acquired[detail % acquired.Count];
                if (holder.IsConnected && bench.Reply(holder, request) is { Token: > 0 and var token })
                    bench.Say(holder, detail % 2 == 0 ? SharedKind.Lock : SharedKind.Semaphore, SharedOperation.Release, token: token);
                break;
            case 13: bench.Machine.Advance(detail % 20_000_000); break;
            case 14: bench.Disconnect(client); break;
            case 15: bench.Say(client, SharedKind.Queue, SharedOperation.Delete); break;
        }
    }

    private static CoordinationCall Again(ulong request, SharedKind target, SharedOperation operation, string name = "x")
    {
        CoordinationCall call = Ask(target, operation, name, limit: 1);
        call.RequestId = request;
        return call;
    }

    private static CoordinationCall Ask(SharedKind target, SharedOperation operation, string name = "x", int limit = 0) => new()
    {
        RequestId = Interlocked.Increment(ref s_requests),
        Target = target,
        Operation = operation,
        Name = name,
        Limit = limit,
        LeaseMs = 30_000,
        Submission = Interlocked.Increment(ref s_requests),
    };

    private Restarted RestartedFrom(bool isShortened)
    {
        byte[] journal = isShortened ? JournalBytes.Shortened(_bench.Machine) : JournalBytes.Of(_bench.Machine.Recorded);
        SchedulerMachine machine = JournalBytes.Replay(journal, journal.Length).Machine;
        Assert.Equal(_bench.Machine.Machine.DurableHash(), machine.DurableHash());
        return new Restarted(machine);
    }

    /// <summary>A machine after its restart, and the shell around it.</summary>
    private sealed class Restarted(SchedulerMachine machine)
    {
        private readonly Dictionary<SchedulerClient, List<Message>> _told = [];
        private long _now = Restart;

        public SchedulerMachine Machine => machine;

        public SchedulerClient Connect(SchedulerClient before) => machine.ConnectClient(before.Hello, _now);

        public List<Message> Tell(SchedulerClient client, Message message)
        {
            machine.Handle(client, message, _now);
            return Collect(client);
        }

        public void Advance(long us, params SchedulerClient[] clients)
        {
            for (long end = _now + us; _now < end;)
            {
                _now = Math.Min(end, _now + 100_000);
                foreach (SchedulerClient client in clients)
                    Collect(client);
            }
        }

        /// <summary>Says a call and returns the reply, if there is one by now.</summary>
        public CoordinationReply? Reply(SchedulerClient client, CoordinationCall call)
        {
            Tell(client, call);
            return _told[client].OfType<CoordinationReply>().LastOrDefault(reply => reply.RequestId == call.RequestId);
        }

        public List<Message> Collect(SchedulerClient client)
        {
            machine.EndTurn(_now);
            foreach (SchedulerPeer peer in machine.DirtyPeers)
            {
                List<Message> told = [];
                peer.Collect(told);
                if (peer is not SchedulerClient listener)
                    continue;
                if (!_told.TryGetValue(listener, out List<Message>? all))
                    _told[listener] = all = [];
                all.AddRange(told.Select(MachineBench.OverTheWire));
            }

            machine.TurnSent();
            machine.AssertInvariants();
            if (!_told.ContainsKey(client))
                _told[client] = [];
            return _told[client];
        }
    }
}
