using Scheduler.Tests.Machine;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Journal;

/// <summary>What clients leave for others outlives both the clients and the scheduler.</summary>
public class PublishedTests
{
    private readonly MachineBench _bench = new();
    private ulong _requests;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_published_dataset_and_its_tasks_are_there_after_a_restart_although_their_client_has_left(bool isShortened)
    {
        Graph graph = new(1);
        TaskId input = graph.Add(wanted: false), published = graph.Add([input]);
        graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        Call(_bench.Client, SharedOperation.Put, "sales", published);
        Call(_bench.Client, SharedOperation.Put, "gone", published);
        Call(_bench.Client, SharedOperation.Delete, "gone");
        _bench.Tell(_bench.Client, new Goodbye());
        Assert.Equal(2, _bench.Machine.TaskCount);

        SchedulerMachine machine = Restarted(isShortened);

        Assert.Equal(["sales"], machine.Coordination.Datasets.Select(static dataset => dataset.Key));
        Assert.Equal(1, machine.Coordination.KeepingCount);
        Assert.Equal(2, machine.TaskCount);
        Assert.Equal(TaskState.Queued, machine.StateOf(input));
        Assert.Equal(TaskState.Waiting, machine.StateOf(published));
        Assert.Equal(_bench.Machine.DurableHash(), machine.DurableHash());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Futures_that_a_client_has_got_of_others_are_its_own_after_a_restart(bool isShortened)
    {
        SchedulerClient reader = _bench.NewClient();
        Graph graph = new(1);
        TaskId claimed = graph.Add(), handedOver = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        ClaimTasks claim = new() { Submission = 7 };
        claim.Tasks.Add(claimed);
        _bench.Tell(reader, claim);
        Call(_bench.Client, SharedOperation.Put, "sales", handedOver);
        Call(reader, SharedOperation.Get, "sales");
        Call(_bench.Client, SharedOperation.Delete, "sales");
        _bench.Tell(_bench.Client, new Goodbye());

        SchedulerMachine machine = Restarted(isShortened);

        Assert.Equal(2, machine.TaskCount);
        Assert.Equal(_bench.Machine.DurableHash(), machine.DurableHash());
        SchedulerClient back = machine.ConnectClient(reader.Hello, 2_000_000);
        TasksHeld held = new() { IsLast = true };
        held.Tasks.Add(new TaskId(7, 0));
        machine.Handle(back, held, 2_000_000);
        Assert.Equal(1, machine.TaskCount);
        Assert.Equal(TaskState.Queued, machine.StateOf(claimed));
    }

    [Fact]
    public void A_shortened_journal_has_the_functions_of_clients_that_have_left_for_the_tasks_of_others()
    {
        SchedulerClient other = _bench.NewClient();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(other, graph.Message);
        _bench.Tell(_bench.Client, new Goodbye());

        SchedulerMachine machine = Restarted(isShortened: true);

        Assert.Equal(TaskState.Queued, machine.StateOf(task));
    }

    [Fact]
    public void Tasks_that_a_restart_of_the_cluster_has_forgotten_do_not_come_back_with_a_restart_of_the_scheduler()
    {
        Graph graph = new(1);
        graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Tell(_bench.Client, new RestartWorkers { RequestId = 5, ForgetsTasks = true });

        Assert.Equal(0, Restarted(isShortened: false).TaskCount);
    }

    private void Call(SchedulerClient client, SharedOperation operation, string name, params TaskId[] tasks)
    {
        CoordinationCall call = new()
        {
            RequestId = ++_requests,
            Target = SharedKind.Dataset,
            Operation = operation,
            Name = name,
            Submission = 1_000 + _requests,
        };
        call.Tasks.AddRange(tasks);
        _bench.Tell(client, call);
        CoordinationReply answer = Assert.Single(
            _bench.ToldTo<CoordinationReply>(client), reply => reply.RequestId == _requests);
        Assert.Equal(SharedOutcome.Done, answer.Outcome);
    }

    private SchedulerMachine Restarted(bool isShortened)
    {
        byte[] journal = isShortened ? JournalBytes.Shortened(_bench) : JournalBytes.Of(_bench.Recorded);
        (SchedulerMachine machine, long whole) = JournalBytes.Replay(journal, journal.Length);
        Assert.Equal(journal.Length, whole);
        return machine;
    }
}
