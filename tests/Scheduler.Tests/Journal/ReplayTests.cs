using FsCheck;
using FsCheck.Fluent;
using Scheduler.Tests.Machine;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Journal;

/// <summary>What was accepted is there after a restart, and nothing that workers still hold is run again.</summary>
public class ReplayTests
{
    [Fact]
    public void A_replayed_journal_equals_the_live_state_whatever_happened_and_wherever_it_was_cut() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25),
            Prop.ForAll(Gen.Choose(0, 1 << 20).ArrayOf(40).ToArbitrary(), choices => CheckReplay(choices, choices[^1])));

    private static void CheckReplay(int[] choices, int cut)
    {
        FakeCluster cluster = new();
        List<(int Entries, ulong Hash)> points = [];
        foreach (int choice in choices)
        {
            cluster.Step(choice & int.MaxValue);
            points.Add((cluster.Bench.Recorded.Count, cluster.Bench.Machine.DurableHash()));
        }

        foreach ((int entries, ulong hash) in points)
        {
            byte[] journal = JournalBytes.Of(cluster.Bench.Recorded.Take(entries));
            Assert.Equal(hash, JournalBytes.Replay(journal, journal.Length).Machine.DurableHash());
        }

        byte[] all = JournalBytes.Of(cluster.Bench.Recorded);
        int length = 16 + ((cut & int.MaxValue) % (all.Length - 15));
        (SchedulerMachine machine, long whole) = JournalBytes.Replay(all, length);
        Assert.Equal(machine.DurableHash(), JournalBytes.Replay(all, (int)whole).Machine.DurableHash());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Code_that_had_not_come_before_a_restart_is_asked_of_the_client_when_it_is_back(bool isShortened)
    {
        Hash128 content = Hash128.Of([1, 2, 3]);
        MachineBench bench = new();
        DefineFunction define = new() { Id = Hash128.Of("shipped"u8), Name = "Shipped", Body = [9] };
        define.Assemblies.Add(content);
        bench.Tell(bench.Client, define);
        byte[] journal = isShortened ? JournalBytes.Shortened(bench) : JournalBytes.Of(bench.Recorded);
        SchedulerMachine after = JournalBytes.Replay(journal, journal.Length).Machine;
        SchedulerWorker worker = after.AdmitWorker(MachineBench.HelloOf("w"), 2_000_000, out _)!;
        Assert.True(after.JoinWorker(worker, 2_000_000));
        NeedAssemblies need = new();
        need.Contents.Add(content);

        after.Handle(worker, need, 2_000_000);
        Assert.DoesNotContain(Outgoing(after, worker), static message => message is AssemblyBytes);
        SchedulerClient client = after.ConnectClient(bench.Client.Hello, 3_000_000);

        Assert.Contains(Outgoing(after, client), static message => message is NeedAssemblies);
    }

    private static List<Message> Outgoing(SchedulerMachine machine, SchedulerPeer peer)
    {
        machine.EndTurn(3_000_000);
        List<Message> messages = [];
        peer.Collect(messages);
        machine.TurnSent();
        return messages;
    }

    [Fact]
    public void A_shortened_journal_finds_inputs_that_were_named_by_an_equal_key_released_since()
    {
        MachineBench bench = new();
        SchedulerClient other = bench.NewClient(incarnation: 77);
        Graph first = new(1, KeyForm.Named);
        first.Add(key: "a");
        bench.Tell(bench.Client, first.Message);
        Graph second = new(2, KeyForm.Named);
        TaskId alias = second.Add(key: "a");
        second.Add([alias], key: "b");
        bench.Tell(other, second.Message);
        bench.Release(other, alias);

        byte[] journal = JournalBytes.Shortened(bench);

        Assert.Equal(bench.Machine.DurableHash(), JournalBytes.Replay(journal, journal.Length).Machine.DurableHash());
    }

    [Fact]
    public void A_shortened_journal_with_many_forgotten_tasks_can_be_read()
    {
        MachineBench bench = new();
        Graph graph = new(1);
        TaskId kept = graph.Add();
        for (int i = 0; i < 20; i++)
            graph.Add();
        bench.Tell(bench.Client, graph.Message);
        bench.Release(bench.Client, [.. Enumerable.Range(1, 20).Select(graph.Id)]);

        byte[] journal = JournalBytes.Shortened(bench);

        SchedulerMachine machine = JournalBytes.Replay(journal, journal.Length).Machine;
        Assert.Equal(1, machine.TaskCount);
        Assert.Equal(TaskState.Queued, machine.StateOf(kept));
    }

    [Fact]
    [Trait("Fault", "36")]
    public void A_journal_cut_at_any_byte_of_its_last_three_records_loses_these_at_most()
    {
        MachineBench bench = new();
        List<int> ends = [];
        for (ulong submission = 1; submission <= 6; submission++)
        {
            Graph graph = new(submission);
            graph.Add();
            graph.Add([graph.Id(0)]);
            bench.Tell(bench.Client, graph.Message);
            ends.Add(JournalBytes.Of(bench.Recorded).Length);
        }

        byte[] journal = JournalBytes.Of(bench.Recorded);
        for (int length = ends[2]; length <= journal.Length; length++)
        {
            (SchedulerMachine machine, long whole) = JournalBytes.Replay(journal, length);
            Assert.Equal(ends.Count(end => end <= length) * 2, machine.TaskCount);
            Assert.Equal(ends.Last(end => end <= length), whole);
        }
    }

    [Fact]
    public void A_shortened_journal_of_a_long_submission_that_is_mostly_released_replays()
    {
        const int Count = 20;
        MachineBench bench = new();
        Graph graph = new(1);
        ReleaseTasks release = new();
        for (int index = 0; index < Count; index++)
        {
            TaskId id = graph.Add();
            if (index % 9 != 0)
                release.Tasks.Add(id);
        }

        bench.Tell(bench.Client, graph.Message);
        bench.Tell(bench.Client, release);
        byte[] journal = JournalBytes.Shortened(bench);

        Assert.Equal(Count - release.Tasks.Count, JournalBytes.Replay(journal, journal.Length).Machine.TaskCount);
    }

    [Fact]
    [Trait("Fault", "06")]
    public void A_flipped_bit_ends_the_journal_before_the_record_that_it_is_in()
    {
        MachineBench bench = new();
        for (ulong submission = 1; submission <= 4; submission++)
        {
            Graph graph = new(submission);
            graph.Add();
            bench.Tell(bench.Client, graph.Message);
        }

        byte[] journal = JournalBytes.Of(bench.Recorded);
        for (int at = 16; at < journal.Length; at++)
        {
            byte[] damaged = (byte[])journal.Clone();
            damaged[at] ^= 0x10;
            Assert.InRange(JournalBytes.Replay(damaged, damaged.Length).Whole, 16, at);
        }
    }

    [Fact]
    public void A_submission_is_answered_when_it_is_on_disk_and_not_before()
    {
        SchedulerMachine machine = new(new SchedulerMachineOptions()) { Journal = new JournalOutbox() };
        SchedulerClient client = machine.ConnectClient(new Hello { Incarnation = 5 }, 1);
        machine.Handle(client, new DefineFunction { Id = MachineBench.Function, Body = [1] }, 1);
        machine.Handle(client, new DefineFunction { Id = MachineBench.OtherFunction, Body = [1] }, 1);
        Graph graph = new(1);
        graph.Add();

        machine.Handle(client, graph.Message, 1);
        machine.Handle(client, graph.Message, 1);
        Assert.DoesNotContain(Told(machine, client), message => message is SubmissionReply);
        Assert.True(machine.Journal.Entries[^1].IsDurable);
        machine.Committed(machine.Journal.Sequence - 1, 2);
        Assert.DoesNotContain(Told(machine, client), message => message is SubmissionReply);
        machine.Committed(machine.Journal.Sequence, 2);

        Assert.Single(Told(machine, client).OfType<SubmissionReply>());
    }

    [Fact]
    public void After_a_restart_nothing_is_run_before_the_known_workers_are_back_and_what_they_hold_is_not_run_again()
    {
        MachineBench bench = new();
        SchedulerWorker before = bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId held = graph.Add(), never = graph.Add();
        bench.Tell(bench.Client, graph.Message);
        bench.Finish(before, held);
        byte[] journal = JournalBytes.Of(bench.Recorded);
        SchedulerMachine machine = JournalBytes.Replay(journal, journal.Length).Machine;
        Assert.True(machine.IsInGrace);

        Hello hello = MachineBench.HelloOf("w", incarnation: 99);
        hello.FormerIncarnation = before.Hello.Incarnation;
        SchedulerWorker back = machine.AdmitWorker(hello, 2_000_000, out _)!;
        machine.JoinWorker(back, 2_000_000);
        Assert.DoesNotContain(Told(machine, back), message => message is ComputeTasks);
        WorkerInventory inventory = new() { IsLast = true };
        inventory.Held.Add(held);
        inventory.HeldAttempts.Add(1);
        inventory.HeldBytes.Add(8);
        machine.Handle(back, inventory, 2_000_000);

        ComputeTasks compute = Assert.Single(Told(machine, back).OfType<ComputeTasks>());
        Assert.Equal([never], compute.Tasks.Span.ToArray());
        Assert.Equal(TaskState.Memory, machine.StateOf(held));
        Assert.False(machine.IsInGrace);
    }

    [Fact]
    public void A_worker_that_does_not_come_back_is_waited_for_as_long_as_the_grace_lasts()
    {
        MachineBench bench = new();
        SchedulerWorker before = bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId task = graph.Add();
        bench.Tell(bench.Client, graph.Message);
        bench.Finish(before, task);
        byte[] journal = JournalBytes.Of(bench.Recorded);
        SchedulerMachine machine = JournalBytes.Replay(journal, journal.Length).Machine;
        SchedulerWorker other = machine.AdmitWorker(MachineBench.HelloOf("other"), 2_000_000, out _)!;
        machine.JoinWorker(other, 2_000_000);
        Assert.DoesNotContain(Told(machine, other), message => message is ComputeTasks);

        machine.Handle(other, new Heartbeat(), 10_900_000);
        machine.EndTurn(11_000_001);

        Assert.Equal(TaskState.Processing, machine.StateOf(task));
    }

    private static List<Message> Told(SchedulerMachine machine, SchedulerPeer peer)
    {
        machine.EndTurn(2_000_000);
        List<Message> told = [];
        peer.Collect(told);
        told = [.. told.Select(MachineBench.OverTheWire)];
        machine.TurnSent();
        machine.AssertInvariants();
        return told;
    }
}
