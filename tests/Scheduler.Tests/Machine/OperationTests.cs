using System.Text.Json;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class OperationTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_retiring_worker_gives_back_what_has_not_started_and_hands_over_what_only_it_holds()
    {
        SchedulerWorker leaving = _bench.NewWorker(name: "leaving");
        Graph graph = new(1);
        TaskId held = graph.Add();
        TaskId running = graph.Add();
        TaskId queued = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(leaving, held);
        SchedulerWorker staying = _bench.NewWorker(name: "staying");

        Retire("leaving");
        Assert.Equal([running, queued], _bench.Retracted(leaving).Order(s_byId).ToArray());
        Answer(leaving, (running, false), (queued, true));
        Assert.Equal([queued], _bench.Computed(staying).Select(run => run.Task));
        Assert.Empty(_bench.ToldTo<AcquireReplicas>(staying));

        _bench.Finish(leaving, running);
        Assert.Equal(
            [held, running],
            _bench.ToldTo<AcquireReplicas>(staying).SelectMany(m => m.Tasks.Span.ToArray()).Order(s_byId));
        Assert.Empty(_bench.ToldTo<Goodbye>(leaving));

        Added(staying, held, running);
        Assert.Single(_bench.ToldTo<Goodbye>(leaving));
        _bench.Tell(leaving, new Goodbye { Reason = "asked" });

        Assert.Equal("", Reply().Error);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(held));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(running));
    }

    [Fact]
    public void A_worker_whose_results_nobody_can_take_works_on()
    {
        SchedulerWorker only = _bench.NewWorker(name: "only");
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(only, task);

        Retire("only");
        Assert.Contains("no other worker", Reply().Error, StringComparison.Ordinal);
        Graph next = new(2);
        TaskId later = next.Add();
        _bench.Tell(_bench.Client, next.Message);

        Assert.Equal(later, _bench.Computed(only).Last().Task);
    }

    [Fact]
    public void A_value_is_replicated_as_often_as_asked_and_extra_copies_are_dropped()
    {
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker(), _bench.NewWorker()];
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker holder = workers.Single(w => _bench.Computed(w).Count > 0);
        _bench.Finish(holder, task);
        SchedulerWorker[] others = [.. workers.Where(w => w != holder)];

        Replicate(task, copies: 3);
        Assert.All(others, w => Assert.Single(_bench.ToldTo<AcquireReplicas>(w)));
        Assert.Empty(_bench.ToldTo<OperationReply>(_bench.Client));
        Added(others[0], task);
        Added(others[1], task);
        Assert.Equal("2 copies were made", Reply().Summary);
        _bench.Forget();

        Replicate(task, copies: 1);
        Assert.Equal(2, workers.Sum(w => _bench.Freed(w).Count));
        Assert.Equal("", Reply().Error);
    }

    [Fact]
    public void A_copy_that_cannot_be_made_and_a_target_that_dies_end_the_operation_with_the_count()
    {
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker(), _bench.NewWorker()];
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker holder = workers.Single(w => _bench.Computed(w).Count > 0);
        _bench.Finish(holder, task);
        SchedulerWorker[] others = [.. workers.Where(w => w != holder)];

        Replicate(task, copies: 3);
        ReplicasNotAcquired missed = new();
        missed.Tasks.Add(task);
        _bench.Tell(others[0], missed);
        _bench.Lose(others[1]);

        Assert.Equal("2 copies could not be made, 0 were", Reply().Error);
    }

    [Fact]
    public void Rebalancing_moves_values_from_the_full_worker_to_the_empty_one_and_drops_the_old_copies()
    {
        SchedulerWorker full = _bench.NewWorker(threads: 4);
        Graph graph = new(1);
        TaskId[] tasks = [graph.Add(), graph.Add(), graph.Add(), graph.Add()];
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(full, tasks);
        SchedulerWorker empty = _bench.NewWorker();

        _bench.Tell(_bench.Client, new RebalanceWorkers { RequestId = 7 });
        TaskId[] moved = _bench.ToldTo<AcquireReplicas>(empty).Single().Tasks.Span.ToArray();
        Added(empty, moved);

        Assert.Equal(2, moved.Length);
        Assert.Equal(moved, _bench.Freed(full));
        Assert.Equal((200, 200), (full.StoredBytes, empty.StoredBytes));
        Assert.Equal("2 copies were made", Reply().Summary);
    }

    [Fact]
    public void A_story_says_in_words_what_a_task_waits_for()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi3");
        Graph graph = new(1, KeyForm.Named);
        TaskId input = graph.Add(key: "input");
        graph.Add([input], key: "output");
        graph.Add(key: "lonely", workers: ["pi9"]);
        _bench.Tell(_bench.Client, graph.Message);

        Assert.Contains("1 of its 1 inputs have no value yet.\n  input is Processing on pi3", Story("output"));
        Assert.Contains("given to pi3", Story("input"));
        Assert.Contains("pi3 (tcp://pi0:pi3): is not among pi9, to which it is restricted", Story("lonely"));
        Assert.Contains("Queued → NoWorker", Story("lonely"));
        _bench.Fail(worker, input, "out of paper");
        Assert.Contains("is Erred: out of paper", Story("output"));
        Assert.Contains("nobody is not known", Story("nobody"));
    }

    [Fact]
    public void A_dump_tells_of_workers_and_clients_and_of_every_task_in_pieces()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi3");
        Graph graph = new(1);
        const int Count = 1500;
        for (int i = 0; i < Count; i++)
            graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, graph.Id(0));

        using JsonDocument peers = JsonDocument.Parse(Dump(-1).Json);
        List<string> states = [];
        for (int from = 0; from >= 0;)
        {
            DumpReply piece = Dump(from);
            using JsonDocument tasks = JsonDocument.Parse(piece.Json);
            states.AddRange(tasks.RootElement.EnumerateArray().Select(t => t.GetProperty("state").GetString()!));
            from = piece.Next;
        }

        Assert.Equal("pi3", peers.RootElement.GetProperty("workers")[0].GetProperty("name").GetString());
        JsonElement function = peers.RootElement.GetProperty("functions")[0];
        Assert.Equal(("Inc", 1, 100), (
            function.GetProperty("name").GetString(),
            function.GetProperty("finished").GetInt32(),
            function.GetProperty("total_bytes").GetInt32()));
        Assert.Equal(Count, states.Count);
        Assert.Equal(1, states.Count(state => state == "Memory"));
    }

    [Fact]
    public void A_workers_own_state_reaches_who_asked_and_a_lost_or_unknown_worker_is_said_to_be_gone()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi3");
        _bench.Tell(_bench.Client, new DumpRequest { RequestId = 7, Worker = "pi3", From = 9 });
        DumpRequest asked = Assert.Single(_bench.ToldTo<DumpRequest>(worker));
        Assert.Equal(9, asked.From);
        _bench.Tell(worker, new DumpReply { RequestId = asked.RequestId, Json = [1], Next = 10 });
        DumpReply answer = Assert.Single(_bench.ToldTo<DumpReply>(_bench.Client));
        Assert.Equal((7UL, 10, 1), (answer.RequestId, answer.Next, answer.Json.Length));

        _bench.Forget();
        _bench.Tell(_bench.Client, new DumpRequest { RequestId = 8, Worker = "pi3" });
        _bench.Lose(worker);
        _bench.Tell(_bench.Client, new DumpRequest { RequestId = 9, Worker = "pi3" });

        DumpReply[] failed = [.. _bench.ToldTo<DumpReply>(_bench.Client)];
        Assert.Contains("is gone", failed[0].Error, StringComparison.Ordinal);
        Assert.Contains("is not connected", failed[1].Error, StringComparison.Ordinal);
    }

    private static readonly Comparer<TaskId> s_byId = Comparer<TaskId>.Create((a, b) => a.Index.CompareTo(b.Index));

    private void Retire(string worker) =>
        _bench.Tell(_bench.Client, new RetireWorkers { RequestId = 7, Workers = [worker] });

    private void Replicate(TaskId task, int copies)
    {
        ReplicateTasks message = new() { RequestId = 7, Copies = copies };
        message.Tasks.Add(task);
        _bench.Tell(_bench.Client, message);
    }

    private void Added(SchedulerWorker worker, params TaskId[] tasks)
    {
        ReplicasAdded message = new();
        message.Tasks.AddRange(tasks);
        foreach (TaskId _ in tasks)
            message.Bytes.Add(100);
        _bench.Tell(worker, message);
    }

    private void Answer(SchedulerWorker worker, params (TaskId Task, bool Accepted)[] answers)
    {
        TasksRetracted message = new();
        foreach ((TaskId task, bool accepted) in answers)
        {
            message.Tasks.Add(task);
            message.Attempts.Add(1);
            message.Accepted.Add(accepted ? (byte)1 : (byte)0);
        }

        _bench.Tell(worker, message);
    }

    private OperationReply Reply() => _bench.ToldTo<OperationReply>(_bench.Client).Last(r => r.RequestId == 7);

    private string Story(string key)
    {
        _bench.Tell(_bench.Client, new StoryRequest { RequestId = 7, Key = key });
        return Reply().Summary;
    }

    private DumpReply Dump(int from)
    {
        _bench.Tell(_bench.Client, new DumpRequest { RequestId = 7, From = from });
        return _bench.ToldTo<DumpReply>(_bench.Client).Last();
    }
}
