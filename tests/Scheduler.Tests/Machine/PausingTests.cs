using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class PausingTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_paused_worker_gives_back_what_waits_gets_nothing_new_and_is_still_asked_for_its_values()
    {
        SchedulerWorker paused = _bench.NewWorker(name: "paused");
        Graph graph = new(1);
        TaskId input = graph.Add();
        TaskId running = graph.Add();
        TaskId waiting = graph.Add();
        TaskId consumer = graph.Add([input]);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Tell(paused, new Heartbeat { Status = HeartbeatStatus.Paused });
        Assert.Equal(3, _bench.Retracted(paused).Count);
        GiveBack(paused, waiting);
        _bench.Finish(paused, input);
        SchedulerWorker other = _bench.NewWorker(name: "other");

        Assert.Equal([waiting, consumer], _bench.Computed(other).Select(run => run.Task));
        Assert.Equal([paused.Number], _bench.ToldTo<ComputeTasks>(other).Last().Holders.Span.ToArray());
        Assert.Equal(3, _bench.Computed(paused).Count);
        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(running));
        Assert.Empty(_bench.Retracted(other));
    }

    [Fact]
    public void A_worker_that_has_paused_gets_work_again_when_it_says_so_also_what_only_it_may_run()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi3");
        SchedulerWorker other = _bench.NewWorker();
        _bench.Tell(worker, new Heartbeat { Status = HeartbeatStatus.Paused });
        Graph graph = new(1);
        TaskId restricted = graph.Add(workers: ["pi3"]);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Empty(_bench.Computed(worker).Concat(_bench.Computed(other)));
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(restricted));

        _bench.Tell(worker, new Heartbeat());

        Assert.Equal([(restricted, 1)], _bench.Computed(worker));
    }

    [Fact]
    public void What_only_a_worker_with_a_full_disk_holds_moves_a_little_at_a_time_to_one_with_room_until_it_runs_again()
    {
        const long Bytes = 20 << 20;
        SchedulerWorker full = _bench.NewWorker(memoryLimit: 256 << 20);
        Graph graph = new(1);
        TaskId[] values = [.. Enumerable.Range(0, 4).Select(_ => graph.Add())];
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(full, 10, Bytes, values);
        SchedulerWorker small = _bench.NewWorker(memoryLimit: 30 << 20), roomy = _bench.NewWorker(memoryLimit: 1 << 30);
        Heartbeat paused = new() { Status = HeartbeatStatus.Paused, PauseReason = "disk-full: no space left" };

        Tick(paused);
        Assert.Empty(_bench.ToldTo<AcquireReplicas>(small));
        Assert.Equal(values[..2], Asked());
        Tick(paused);
        Assert.Equal(values[..2], Asked());

        ReplicasAdded added = new();
        added.Tasks.AddRange(values.AsSpan(0, 2));
        added.Bytes.AddRange([Bytes, Bytes]);
        _bench.Tell(roomy, added);
        Assert.Equal(values[..2], _bench.Freed(full));
        Tick(paused);
        Assert.Equal(values, Asked());

        Tick(new Heartbeat());
        Assert.Equal(4, Asked().Length);
        Assert.Single(_bench.Effects, effect => effect.Text.Contains("has a full disk", StringComparison.Ordinal));

        TaskId[] Asked() => [.. _bench.ToldTo<AcquireReplicas>(roomy).SelectMany(static m => m.Tasks.Span.ToArray())];

        void Tick(Heartbeat heartbeat)
        {
            _bench.Tell(full, heartbeat);
            _bench.Advance(500_000);
        }
    }

    [Fact]
    public void A_paused_worker_that_falls_silent_and_is_heard_again_is_still_paused()
    {
        SchedulerWorker worker = _bench.NewWorker();
        _bench.Tell(worker, new Heartbeat { Status = HeartbeatStatus.Paused });
        _bench.Advance(4_000_000);
        Assert.Equal(WorkerStatus.Suspect, worker.Status);

        _bench.Tell(worker, new Heartbeat { Status = HeartbeatStatus.Paused });

        Assert.Equal(WorkerStatus.Paused, worker.Status);
    }

    [Fact]
    public void What_only_a_suspect_may_run_is_given_to_it_when_it_is_heard_again()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "pi3");
        _bench.Advance(4_000_000);
        _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add(workers: ["pi3"]);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(task));

        _bench.Tell(worker, new Heartbeat());

        Assert.Equal([(task, 1)], _bench.Computed(worker));
    }

    private void GiveBack(SchedulerWorker worker, TaskId task)
    {
        TasksRetracted answer = new();
        answer.Tasks.Add(task);
        answer.Attempts.Add(1);
        answer.Accepted.Add(1);
        _bench.Tell(worker, answer);
    }
}
