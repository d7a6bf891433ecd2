using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class ClusterControlTests
{
    private readonly MachineBench _bench = new(new SchedulerMachineOptions { AllowsRun = true });

    [Fact]
    public void A_restart_cancels_the_tasks_of_all_clients_and_ends_when_as_many_workers_are_back()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi");
        SchedulerClient other = _bench.NewClient();
        Graph graph = new(1);
        TaskId held = graph.Add();
        TaskId running = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        Graph others = new(2);
        TaskId queued = others.Add();
        _bench.Tell(other, others.Message);
        _bench.Finish(worker, held);
        _bench.Forget();

        _bench.Tell(_bench.Client, new RestartWorkers { RequestId = 7, ForgetsTasks = true });

        Assert.Equal([held, running], Cancelled(_bench.Client));
        Assert.Equal([queued], Cancelled(other));
        Assert.Equal(0, _bench.Machine.TaskCount);
        Assert.Single(_bench.ToldTo<RestartProcess>(worker));
        Assert.Empty(_bench.ToldTo<OperationReply>(_bench.Client));

        _bench.Tell(worker, new Goodbye { Reason = "the worker restarts" });
        Assert.Empty(_bench.ToldTo<OperationReply>(_bench.Client));
        _bench.NewWorker(name: "pi");
        Assert.Equal("1 workers are back", Reply().Summary);
    }

    [Fact]
    public void A_restarted_workers_tasks_run_elsewhere_and_no_future_is_cancelled()
    {
        SchedulerWorker leaving = _bench.NewWorker(name: "leaving");
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker staying = _bench.NewWorker(name: "staying");

        _bench.Tell(_bench.Client, new RestartWorkers { RequestId = 7, Workers = ["leaving"] });
        Assert.Empty(_bench.ToldTo<RestartProcess>(staying));
        _bench.Tell(leaving, new Goodbye { Reason = "the worker restarts" });

        Assert.Equal([task], _bench.Computed(staying).Select(run => run.Task));
        Assert.Empty(Cancelled(_bench.Client));
    }

    [Fact]
    public void A_restart_whose_worker_never_comes_back_is_forgotten_with_the_client_that_waits_for_it()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi");
        SchedulerClient other = _bench.NewClient();
        _bench.Tell(other, new RestartWorkers { RequestId = 7, Workers = ["pi"] });
        _bench.Tell(worker, new Goodbye { Reason = "the worker restarts" });
        Assert.Equal(1, _bench.Machine.RestartCount);

        _bench.Tell(other, new Goodbye());

        Assert.Equal(0, _bench.Machine.RestartCount);
    }

    [Fact]
    public void Restarting_a_worker_that_nobody_knows_is_refused_by_its_name()
    {
        _bench.NewWorker(name: "pi");

        _bench.Tell(_bench.Client, new RestartWorkers { RequestId = 7, Workers = ["pi", "mars"] });

        Assert.Contains("mars", Reply().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_was_sent_away_is_not_awaited_by_a_restart()
    {
        SchedulerWorker retired = _bench.NewWorker(name: "retired");
        _bench.Tell(_bench.Client, new RetireWorkers { RequestId = 6, Workers = ["retired"] });
        Assert.Single(_bench.ToldTo<Goodbye>(retired));

        _bench.Tell(_bench.Client, new RestartWorkers { RequestId = 7, Workers = ["retired"] });

        Assert.Contains("retired is leaving", Reply().Error, StringComparison.Ordinal);
        Assert.Empty(_bench.ToldTo<RestartProcess>(retired));
    }

    [Fact]
    public void A_cluster_without_workers_restarts_at_once()
    {
        _bench.Tell(_bench.Client, new RestartWorkers { RequestId = 7, ForgetsTasks = true });

        Assert.Equal("", Reply().Error);
    }

    [Fact]
    public void A_shutdown_is_answered_before_the_scheduler_stops()
    {
        _bench.Machine.Handle(_bench.Client, new ShutdownCluster { RequestId = 7, Reason = "the night" }, _bench.Now);

        Assert.Equal("the night", Assert.IsType<ServerRequest.Stop>(Assert.Single(_bench.Machine.Requests)).Reason);
        _bench.Turn();
        Assert.Equal("", Reply().Error);
    }

    [Fact]
    public void A_worker_that_asks_to_leave_hands_its_data_over_and_is_sent_away()
    {
        SchedulerWorker leaving = _bench.NewWorker(name: "leaving");
        Graph graph = new(1);
        TaskId held = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(leaving, held);
        SchedulerWorker staying = _bench.NewWorker(name: "staying");

        _bench.Tell(leaving, new WorkerLeaving { Reason = "SIGTERM" });
        Assert.Equal([held], _bench.ToldTo<AcquireReplicas>(staying).SelectMany(m => m.Tasks.Span.ToArray()));
        Assert.Empty(_bench.ToldTo<Goodbye>(leaving));
        ReplicasAdded added = new();
        added.Tasks.Add(held);
        added.Bytes.Add(100);
        _bench.Tell(staying, added);

        Assert.Single(_bench.ToldTo<Goodbye>(leaving));
    }

    [Fact]
    public void A_worker_that_asks_to_leave_is_sent_away_even_if_nobody_can_take_its_data()
    {
        SchedulerWorker only = _bench.NewWorker(name: "only");
        Graph graph = new(1);
        TaskId held = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(only, held);

        _bench.Tell(only, new WorkerLeaving { Reason = "SIGTERM" });

        Assert.Single(_bench.ToldTo<Goodbye>(only));
    }

    [Fact]
    public void A_function_for_the_scheduler_waits_for_its_assemblies_and_its_value_goes_to_who_asked()
    {
        Hash128 content = Hash128.Of([1, 2, 3]);
        DefineFunction definition = new() { Id = Hash128.Of("shipped"u8), Name = "Shipped", Body = [9] };
        definition.Assemblies.Add(content);
        _bench.Tell(_bench.Client, definition);
        _bench.Machine.Handle(
            _bench.Client, new RunOnScheduler { RequestId = 8, Function = definition.Id }, _bench.Now);
        Assert.Empty(_bench.Machine.Requests);

        AssemblyBytes bytes = new() { Content = content, Name = "a", PeLength = 3, PdbLength = 1, Chunk = [1, 2, 3, 4] };
        _bench.Machine.Handle(_bench.Client, bytes, _bench.Now);

        ServerRequest.Call call = Assert.IsType<ServerRequest.Call>(Assert.Single(_bench.Machine.Requests));
        Assert.Equal("Shipped", call.Function.Name);
        Assert.Equal([1, 2, 3], Assert.Single(call.Assemblies).Pe.ToArray());
        _bench.Machine.CallEnded(call.Id, [42], error: null);
        _bench.Turn();
        RunReply reply = Assert.Single(_bench.ToldTo<RunReply>(_bench.Client));
        Assert.Equal((8UL, 42), (reply.RequestId, reply.Value[0]));
    }

    [Fact]
    public void A_function_for_the_scheduler_gets_its_assembly_from_another_client_when_the_one_that_was_asked_leaves()
    {
        Hash128 content = Hash128.Of([1, 2, 3]);
        DefineFunction definition = new() { Id = Hash128.Of("shipped"u8), Name = "Shipped", Body = [9] };
        definition.Assemblies.Add(content);
        SchedulerClient second = _bench.NewClient();
        _bench.Tell(_bench.Client, definition);
        _bench.Tell(second, definition);
        _bench.Tell(second, new RunOnScheduler { RequestId = 8, Function = definition.Id });

        _bench.Tell(_bench.Client, new Goodbye());
        Assert.Single(_bench.ToldTo<NeedAssemblies>(second));
        AssemblyBytes bytes = new() { Content = content, Name = "a", PeLength = 3, PdbLength = 1, Chunk = [1, 2, 3, 4] };
        _bench.Tell(second, bytes);

        Assert.IsType<ServerRequest.Call>(Assert.Single(_bench.Requests));
    }

    [Fact]
    public void A_scheduler_that_does_not_allow_it_runs_nothing_and_says_how_to_allow_it()
    {
        MachineBench bench = new();

        bench.Tell(bench.Client, new RunOnScheduler { RequestId = 7, Function = MachineBench.Function });

        RunReply reply = Assert.Single(bench.ToldTo<RunReply>(bench.Client));
        Assert.Contains("--allow-run", reply.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Machine.Requests);
    }

    [Fact]
    public void A_workers_log_reaches_who_asked_and_a_lost_worker_is_said_to_be_gone()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi");
        _bench.Tell(_bench.Client, new LogRequest { RequestId = 7, Worker = "pi" });
        LogReply answer = new() { RequestId = _bench.ToldTo<LogRequest>(worker).Single().RequestId, Next = -1 };
        answer.Times.Add(1);
        answer.Levels.Add(2);
        answer.Texts.Add("started");
        _bench.Tell(worker, answer);
        Assert.Equal(["started"], Assert.Single(_bench.ToldTo<LogReply>(_bench.Client)).Texts);

        _bench.Forget();
        _bench.Tell(_bench.Client, new LogRequest { RequestId = 8, Worker = "pi" });
        _bench.Lose(worker);

        Assert.Contains("is gone", Assert.Single(_bench.ToldTo<LogReply>(_bench.Client)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_tells_what_happened_to_a_task_there_and_nobody_is_asked_where_it_has_not_been()
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Tell(_bench.Client, new TaskMovesRequest { RequestId = 6, Task = task });
        Assert.Equal("", Assert.Single(_bench.ToldTo<TaskMoves>(_bench.Client)).Worker);

        SchedulerWorker worker = _bench.NewWorker(name: "pi");
        _bench.Forget();
        _bench.Tell(_bench.Client, new TaskMovesRequest { RequestId = 7, Task = task });
        TaskMovesRequest asked = Assert.Single(_bench.ToldTo<TaskMovesRequest>(worker));
        Assert.Equal(task, asked.Task);
        _bench.Tell(worker, new TaskMoves { RequestId = asked.RequestId, Text = "Ready → Executing" });

        TaskMoves moves = Assert.Single(_bench.ToldTo<TaskMoves>(_bench.Client));
        Assert.Equal((7UL, "Ready → Executing"), (moves.RequestId, moves.Text));
        Assert.StartsWith("pi", moves.Worker, StringComparison.Ordinal);
    }

    private List<TaskId> Cancelled(SchedulerClient client) =>
        [.. _bench.ToldTo<TasksCancelled>(client).SelectMany(m => m.Tasks.Span.ToArray())];

    private OperationReply Reply() => Assert.Single(_bench.ToldTo<OperationReply>(_bench.Client));
}
