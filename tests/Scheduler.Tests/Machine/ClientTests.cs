using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class ClientTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void Releasing_a_task_under_way_aborts_it()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        TaskId waiting = graph.Add([task]);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Release(_bench.Client, task, waiting);

        Assert.Equal([task], _bench.Aborted(worker));
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Cancelling_a_task_cancels_what_depends_on_it()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId a = graph.Add();
        TaskId b = graph.Add([a], wanted: false);
        TaskId c = graph.Add([b]);
        TaskId bystander = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        CancelTasks cancel = new() { Reason = "changed my mind" };
        cancel.Tasks.Add(a);

        _bench.Tell(_bench.Client, cancel);

        TasksCancelled told = _bench.ToldTo<TasksCancelled>(_bench.Client).Single();
        Assert.Equal("changed my mind", told.Reason);
        Assert.Equal([a, c], told.Tasks.Span.ToArray().OrderBy(id => id.Index));
        Assert.Equal([a], _bench.Aborted(worker));
        Assert.Equal(1, _bench.Machine.TaskCount);
        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(bystander));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_another_client_wants_is_cancelled_only_by_force(bool force)
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph mine = new(1, KeyForm.Named);
        TaskId a = mine.Add(key: "shared");
        _bench.Tell(_bench.Client, mine.Message);
        SchedulerClient other = _bench.NewClient();
        Graph theirs = new(2, KeyForm.Named);
        TaskId b = theirs.Add(key: "shared");
        _bench.Tell(other, theirs.Message);
        CancelTasks cancel = new() { Force = force };
        cancel.Tasks.Add(a);

        _bench.Tell(_bench.Client, cancel);

        Assert.Single(_bench.ToldTo<TasksCancelled>(_bench.Client));
        Assert.Equal(force, _bench.ToldTo<TasksCancelled>(other).Any());
        Assert.Equal(force ? TaskState.Forgotten : TaskState.Processing, _bench.Machine.StateOf(a));
        if (!force)
        {
            _bench.Finish(worker, a);
            Assert.Equal([b], _bench.InMemory(other));
            Assert.Empty(_bench.InMemory(_bench.Client));
        }
    }

    [Fact]
    public void A_client_that_returns_within_its_lease_keeps_its_tasks_and_is_told_where_they_stand()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient client = _bench.NewClient(incarnation: 9);
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(client, graph.Message);
        _bench.Machine.DisconnectClient(client, _bench.Now);
        _bench.Finish(worker, task);
        Assert.Empty(_bench.InMemory(client));
        _bench.Tell(worker, new Heartbeat());

        SchedulerClient again = _bench.NewClient(incarnation: 9);
        _bench.Turn();

        Assert.Same(client, again);
        Assert.Equal([task], _bench.InMemory(client));
        Assert.NotEmpty(_bench.ToldTo<WorkersJoined>(client));
    }

    [Fact]
    public void What_a_client_wanted_is_dropped_when_its_lease_ends()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, task);
        _bench.Machine.DisconnectClient(_bench.Client, _bench.Now);
        for (int second = 0; second < 29; second++)
        {
            _bench.Machine.Handle(worker, new Heartbeat(), _bench.Now);
            _bench.Advance(1_000_000);
        }

        Assert.Equal(1, _bench.Machine.TaskCount);
        _bench.Machine.Handle(worker, new Heartbeat(), _bench.Now);
        _bench.Advance(1_000_000);

        Assert.Equal(0, _bench.Machine.TaskCount);
        Assert.Equal([task], _bench.Freed(worker));
    }

    [Fact]
    public void A_client_that_says_goodbye_drops_its_wants_at_once()
    {
        _bench.NewWorker();
        Graph graph = new(1);
        graph.Add();
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Tell(_bench.Client, new Goodbye());

        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void WhoHas_names_the_id_that_ran_and_all_holders()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerWorker second = _bench.NewWorker();
        Graph first = new(1, KeyForm.Named);
        TaskId a = first.Add(key: "same", workers: [worker.Name]);
        _bench.Tell(_bench.Client, first.Message);
        _bench.Finish(worker, a);
        ReplicasAdded added = new();
        added.Tasks.Add(a);
        added.Bytes.Add(100);
        _bench.Tell(second, added);
        Graph again = new(2, KeyForm.Named);
        TaskId b = again.Add(key: "same");
        _bench.Tell(_bench.Client, again.Message);
        WhoHas ask = new() { RequestId = 3 };
        ask.Tasks.Add(b);
        ask.Tasks.Add(new TaskId(50, 0));

        _bench.Tell(_bench.Client, ask);

        WhoHasReply reply = _bench.ToldTo<WhoHasReply>(_bench.Client).Single();
        Assert.Equal([a, new TaskId(50, 0)], reply.StoredAs.Span.ToArray());
        Assert.Equal([worker.Number, second.Number], reply.Holders.Span.ToArray());
        Assert.Equal([2, 2], reply.HolderEnds.Span.ToArray());
    }

    [Fact]
    public void ClusterInfo_tells_of_workers_and_tasks()
    {
        SchedulerWorker worker = _bench.NewWorker(threads: 3, name: "alice");
        Graph graph = new(1);
        graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Tell(worker, new Heartbeat { ProcessBytes = 12345 });

        _bench.Tell(_bench.Client, new ClusterInfoRequest { RequestId = 8 });

        ClusterInfo info = _bench.ToldTo<ClusterInfo>(_bench.Client).Single();
        Assert.Equal(8ul, info.RequestId);
        WorkerInfo described = Assert.Single(info.Workers);
        Assert.Equal(("alice", 3), (described.Name, described.Threads));
        Assert.Equal((1, 12345L), (described.ProcessingCount, described.ProcessBytes));
        Assert.Equal(1, info.TaskCounts.Single(count => count.Key == "Processing").Value);
    }

    [Fact]
    public void A_function_runs_on_all_workers_and_a_death_is_an_answer()
    {
        SchedulerWorker a = _bench.NewWorker();
        SchedulerWorker b = _bench.NewWorker();
        RunOnWorkers ask = new() { RequestId = 5, Function = MachineBench.Function, Arguments = [1] };
        _bench.Tell(_bench.Client, ask);
        ulong run = _bench.ToldTo<RunFunction>(a).Single().RequestId;
        List<Message> told = _bench.ToldTo(a);
        Assert.True(told.FindIndex(m => m is DefineFunction) < told.FindIndex(m => m is RunFunction));

        _bench.Tell(a, new FunctionResult { RequestId = run, Value = [7] });
        _bench.Lose(b);

        RunReply[] replies = [.. _bench.ToldTo<RunReply>(_bench.Client)];
        Assert.Equal([2, 2], replies.Select(reply => reply.WorkerCount));
        Assert.Equal([7], replies[0].Value);
        Assert.Equal("TaskGraph.WorkerLostException", replies[1].Error!.ExceptionType);
    }

    [Fact]
    public void A_run_that_no_worker_matches_is_answered_with_none()
    {
        _bench.NewWorker();

        RunOnWorkers ask = new() { RequestId = 5, Function = MachineBench.Function, Workers = ["nobody"] };
        _bench.Tell(_bench.Client, ask);

        Assert.Equal(0, _bench.ToldTo<RunReply>(_bench.Client).Single().WorkerCount);
    }

    [Fact]
    public void A_client_that_claims_a_task_keeps_it_after_its_maker_has_let_go()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, task);
        SchedulerClient other = _bench.NewClient();
        ClaimTasks claim = new() { Submission = 77 };
        claim.Tasks.Add(task);
        claim.Tasks.Add(new TaskId(4711, 0));

        _bench.Tell(other, claim);
        _bench.Tell(other, claim);
        _bench.Release(_bench.Client, task);

        Assert.All(_bench.ToldTo<SubmissionReply>(other), reply => Assert.True(reply.Accepted));
        Assert.Contains(new TaskId(77, 0), _bench.InMemory(other));
        Assert.Equal([new TaskId(77, 1)], _bench.ToldTo<TasksLost>(other).Single().Tasks.Span.ToArray());
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));

        _bench.Release(other, new TaskId(77, 0));
        Assert.Equal(TaskState.Forgotten, _bench.Machine.StateOf(task));
    }
}
