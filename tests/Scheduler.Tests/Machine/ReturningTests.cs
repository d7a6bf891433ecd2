using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>Workers that are cut off, and workers that come back under a new incarnation.</summary>
public class ReturningTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_worker_that_is_cut_off_and_resumes_within_its_lease_loses_nothing()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId done = graph.Add(), running = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, done);

        _bench.Machine.InterruptWorker(worker, "reset by peer", _bench.Now);
        _bench.Advance(8_000_000);
        Assert.Equal(WorkerStatus.Suspect, worker.Status);
        _bench.Machine.ResumeWorker(worker, _bench.Now);
        _bench.Advance(8_000_000);

        _bench.Finish(worker, running);
        Assert.Equal([(done, 1), (running, 1)], _bench.Computed(worker));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(running));
    }

    [Fact]
    public void A_worker_that_is_cut_off_gets_no_new_work_and_is_lost_after_its_lease()
    {
        SchedulerWorker worker = _bench.NewWorker();
        _bench.Machine.InterruptWorker(worker, "reset by peer", _bench.Now);
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Empty(_bench.Computed(worker));

        _bench.Advance(11_000_000);

        Assert.Equal(WorkerStatus.Lost, worker.Status);
        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void What_a_worker_that_is_back_holds_and_runs_is_not_run_again()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId held = graph.Add(wanted: false);
        TaskId running = graph.Add([held]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(old, held);
        _bench.Lose(old, "nothing heard");

        SchedulerWorker back = ComesBack(old, Inventory([(held, 1)], [(running, 1)]));

        Assert.Empty(_bench.Computed(back));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(held));
        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(running));
        TasksFinished finished = new();
        finished.Tasks.Add(running);
        finished.Attempts.Add(1);
        finished.Bytes.Add(10);
        finished.DurationUs.Add(10);
        _bench.Tell(back, finished);
        Assert.Contains(running, _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void A_run_that_was_given_to_another_worker_meanwhile_is_stopped()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Lose(old, "nothing heard");
        SchedulerWorker other = _bench.NewWorker();
        Assert.Equal([(task, 2)], _bench.Computed(other));

        SchedulerWorker back = ComesBack(old, Inventory([], [(task, 1)]));

        Assert.Equal([task], _bench.Aborted(back));
        _bench.Finish(other, task);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_value_of_an_attempt_that_a_later_one_has_replaced_is_freed()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(old, task);
        _bench.Lose(old, "nothing heard");
        SchedulerWorker other = _bench.NewWorker();
        _bench.Finish(other, task);

        SchedulerWorker back = ComesBack(old, Inventory([(task, 1)], []));

        Assert.Equal([task], _bench.Freed(back));
        Assert.Equal(0, back.StoredCount);
    }

    [Fact]
    public void Attempts_of_a_scheduler_that_was_started_anew_begin_above_those_that_workers_bring_along()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        _bench.Lose(old, "the scheduler that knew it is gone");
        WorkerInventory inventory = Inventory([], [(new TaskId(1, 0), 4)]);
        inventory.HighestAttempt = 6;
        SchedulerWorker back = ComesBack(old, inventory);
        Assert.Equal([new TaskId(1, 0)], _bench.Aborted(back));

        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal([(task, 7)], _bench.Computed(back));
    }

    [Fact]
    public void What_nobody_needs_any_more_is_freed_and_stopped()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId held = graph.Add(), running = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(old, held);
        _bench.Lose(old, "nothing heard");
        _bench.Release(_bench.Client, held, running);

        SchedulerWorker back = ComesBack(old, Inventory([(held, 1)], [(running, 1)]));

        Assert.Equal([held], _bench.Freed(back));
        Assert.Equal([running], _bench.Aborted(back));
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void A_worker_gets_work_only_when_its_inventory_is_complete()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId held = graph.Add(), waiting = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(old, held);
        _bench.Lose(old, "nothing heard");
        WorkerInventory part = Inventory([(held, 1)], []);
        part.IsLast = false;

        SchedulerWorker back = ComesBack(old, part);
        Assert.Empty(_bench.Computed(back));
        _bench.Tell(back, Inventory([], []));

        Assert.Equal([(waiting, 2)], _bench.Computed(back));
    }

    [Fact]
    public void A_death_that_did_not_happen_is_not_held_against_the_task()
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker worker = _bench.NewWorker(name: "w");
        for (int cut = 0; cut < 5; cut++)
        {
            _bench.Lose(worker, "nothing heard");
            worker = ComesBack(worker, Inventory([], [(task, 1)]));
        }

        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_link_that_is_lost_again_and_again_is_not_held_against_tasks_that_the_worker_has_not_begun()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        for (int loss = 0; loss < 5; loss++)
        {
            _bench.Lose(worker, "reset by peer");
            worker = ComesBack(worker, Inventory([], []));
            Assert.Equal([(task, loss + 2)], _bench.Computed(worker));
        }

        _bench.Finish(worker, task);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void An_inventory_out_of_turn_closes_the_connection()
    {
        SchedulerWorker worker = _bench.NewWorker();

        _bench.Tell(worker, Inventory([], []));

        Assert.Contains(_bench.Effects, effect => effect.Close == worker);
    }

    [Fact]
    public void An_actor_that_was_taken_for_lost_ends_when_its_worker_comes_back()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId actor = graph.Add();
        graph.Message.Flags[0] |= (byte)SubmitFlags.Actor;
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(old, actor);
        _bench.Lose(old, "nothing heard");
        Assert.Equal(TaskErrorKind.ActorLost, _bench.ErrorOf(actor).Kind);

        SchedulerWorker back = ComesBack(old, Inventory([(actor, 1)], []));

        Assert.Equal([actor], _bench.Freed(back));
        Assert.Equal(0, back.ActorCount);
    }

    [Fact]
    public void A_value_that_the_worker_named_and_nobody_knew_is_freed_before_what_the_same_turn_dispatches()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Hello hello = MachineBench.HelloOf(old.Name, incarnation: old.Hello.Incarnation + 1);
        hello.FormerIncarnation = old.Hello.Incarnation;
        _bench.Lose(old, "the scheduler was restarted");
        SchedulerWorker back = _bench.Machine.AdmitWorker(hello, _bench.Now, out _)!;
        Assert.True(_bench.Machine.JoinWorker(back, _bench.Now));
        Graph graph = new(1);
        TaskId task = graph.Add();

        _bench.Machine.Handle(back, Inventory([(task, 1)], []), _bench.Now);
        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal([(task, 1)], _bench.Computed(back));
        Assert.Equal([task], _bench.Freed(back));
        List<Message> told = _bench.ToldTo(back);
        Assert.True(told.FindIndex(message => message is FreeTasks) < told.FindIndex(message => message is ComputeTasks));
    }

    [Fact]
    public void What_a_worker_holds_and_runs_under_the_other_id_of_a_shared_key_does_not_count()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        _bench.Lose(old, "the scheduler was restarted");
        Graph now = new(2, KeyForm.Hashed), before = new(1, KeyForm.Hashed);
        TaskId task = now.Add(key: "a"), other = before.Add(key: "a");
        TaskId running = now.Add(key: "b"), otherRunning = before.Add(key: "b");
        _bench.Tell(_bench.Client, now.Message);
        _bench.Tell(_bench.Client, before.Message);

        SchedulerWorker back = ComesBack(old, Inventory([(other, 1)], [(otherRunning, 1)]));

        Assert.Equal([other], _bench.Freed(back));
        Assert.Equal([otherRunning], _bench.Aborted(back));
        Assert.Equal(0, back.StoredCount);
        _bench.Finish(back, task, running);
        Assert.Contains(other, _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void A_suspect_that_is_pardoned_while_it_runs_shares_its_worker_with_other_tasks()
    {
        SchedulerWorker old = _bench.NewWorker(name: "w");
        Graph graph = new(1);
        TaskId suspect = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Lose(old, "nothing heard");
        SchedulerWorker alone = _bench.NewWorker();
        Assert.Equal([(suspect, 2)], _bench.Computed(alone));
        Assert.False(alone.TakesTasks);

        ComesBack(old, Inventory([], []));

        Assert.True(alone.TakesTasks);
        _bench.Finish(alone, suspect);
        Assert.True(alone.TakesTasks);
    }

    private SchedulerWorker ComesBack(SchedulerWorker old, WorkerInventory inventory)
    {
        Hello hello = MachineBench.HelloOf(old.Name, incarnation: old.Hello.Incarnation + 1);
        hello.FormerIncarnation = old.Hello.Incarnation;
        SchedulerWorker back = _bench.Machine.AdmitWorker(hello, _bench.Now, out _)!;
        Assert.True(_bench.Machine.JoinWorker(back, _bench.Now));
        _bench.Turn();
        _bench.Tell(back, inventory);
        return back;
    }

    private static WorkerInventory Inventory((TaskId Task, int Attempt)[] held, (TaskId Task, int Attempt)[] running)
    {
        WorkerInventory inventory = new() { IsLast = true };
        foreach ((TaskId task, int attempt) in held)
        {
            inventory.Held.Add(task);
            inventory.HeldAttempts.Add(attempt);
            inventory.HeldBytes.Add(100);
        }

        foreach ((TaskId task, int attempt) in running)
        {
            inventory.Running.Add(task);
            inventory.RunningAttempts.Add(attempt);
            inventory.RunningSeceded.Add(0);
        }

        return inventory;
    }
}
