using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class WorkerLossTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_task_is_computed_again_when_the_only_worker_holding_it_dies()
    {
        SchedulerWorker holder = _bench.NewWorker();
        Graph graph = new(1);
        TaskId input = graph.Add(wanted: false);
        TaskId task = graph.Add([input]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(holder, input);
        _bench.Finish(holder, task);
        SchedulerWorker other = _bench.NewWorker();

        _bench.Lose(holder);

        Assert.Equal([(input, 2)], _bench.Computed(other));
        _bench.Finish(other, input);
        _bench.Finish(other, task);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_result_with_another_holder_is_not_computed_again()
    {
        SchedulerWorker holder = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(holder, task);
        SchedulerWorker other = _bench.NewWorker();
        AddReplica(other, task);

        _bench.Lose(holder);

        Assert.Empty(_bench.Computed(other));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
        _bench.Release(_bench.Client, task);
        Assert.Equal([task], _bench.Freed(other));
    }

    [Fact]
    public void Only_tasks_that_may_have_run_are_suspects()
    {
        Graph graph = new(1);
        TaskId[] tasks = [.. Enumerable.Range(0, 4).Select(_ => graph.Add())];
        _bench.Tell(_bench.Client, graph.Message);
        for (int death = 0; death < 3; death++)
        {
            _bench.Advance(11_000_000);
            SchedulerWorker worker = _bench.NewWorker();
            Assert.Equal(death == 0 ? 4 : 1, _bench.Computed(worker).Count);
            _bench.Lose(worker, $"exit code 13{death}");
        }

        TaskError error = _bench.ErrorOf(tasks[0]);
        Assert.Equal(TaskErrorKind.Poisoned, error.Kind);
        Assert.Contains("exit code 130", error.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 132", error.Message, StringComparison.Ordinal);
        Assert.All(tasks[1..], task => Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task)));
    }

    [Fact]
    public void Nobody_is_blamed_when_a_worker_takes_leave()
    {
        Graph graph = new(1);
        TaskId[] tasks = [graph.Add(), graph.Add()];
        _bench.Tell(_bench.Client, graph.Message);
        for (int leave = 0; leave < 5; leave++)
        {
            SchedulerWorker worker = _bench.NewWorker(threads: 2);
            Assert.Equal(2, _bench.Computed(worker).Count);
            _bench.Tell(worker, new Goodbye { Reason = "task x was cancelled and does not return" });
        }

        Assert.All(tasks, task => Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task)));
    }

    [Fact]
    public void Suspects_run_again_alone_one_after_another_and_the_innocent_finish()
    {
        SchedulerWorker first = _bench.NewWorker(threads: 2);
        Graph graph = new(1);
        TaskId[] suspects = [graph.Add(), graph.Add()];
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Lose(first);
        Graph more = new(2);
        TaskId other = more.Add();
        _bench.Tell(_bench.Client, more.Message);

        SchedulerWorker second = _bench.NewWorker(threads: 2);
        Assert.Equal([(suspects[0], 2)], _bench.Computed(second));
        _bench.Finish(second, suspects[0]);
        Assert.Equal([suspects[0], suspects[1]], _bench.Computed(second).Select(run => run.Task));
        _bench.Lose(second);
        _bench.Advance(11_000_000);
        SchedulerWorker third = _bench.NewWorker(threads: 2);
        _bench.Finish(third, suspects[1]);

        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(suspects[1]));
        Assert.Equal(2, _bench.Computed(third).Count(run => run.Task == other || run.Task == suspects[0]));
    }

    [Fact]
    public void A_worker_is_emptied_for_a_suspect_while_the_others_work_on()
    {
        Graph graph = new(1);
        TaskId suspect = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker dead = _bench.NewWorker();
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker()];
        Graph more = new(2);
        TaskId[] tasks = [.. Enumerable.Range(0, 640).Select(_ => more.Add())];
        _bench.Tell(_bench.Client, more.Message);

        _bench.Lose(dead);

        SchedulerWorker emptied = workers.Single(w => _bench.Retracted(w).Count > 0);
        TaskId[] given = [.. _bench.Computed(emptied).Select(run => run.Task)];
        TasksRetracted answer = new();
        foreach (TaskId task in given)
        {
            answer.Tasks.Add(task);
            answer.Attempts.Add(1);
            answer.Accepted.Add(task == given[0] ? (byte)0 : (byte)1);
        }

        _bench.Tell(emptied, answer);
        Assert.Equal(given.Length, _bench.Computed(emptied).Count);
        _bench.Finish(emptied, given[0]);
        Assert.Equal((suspect, 2), _bench.Computed(emptied).Last());
        _bench.Finish(emptied, suspect);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(suspect));
        Assert.True(_bench.Computed(emptied).Count > given.Length + 1, "it gets other tasks again");
        Assert.Contains(tasks, task => _bench.Machine.StateOf(task) == TaskState.Processing);
    }

    [Fact]
    public void A_suspect_that_gives_up_its_slot_shares_its_worker_with_the_tasks_it_waits_for()
    {
        SchedulerWorker first = _bench.NewWorker();
        Graph graph = new(1);
        TaskId parent = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Lose(first);
        SchedulerWorker second = _bench.NewWorker();
        Graph nested = new(2);
        TaskId child = nested.Add();
        _bench.Tell(_bench.Client, nested.Message);
        Assert.Equal([(parent, 2)], _bench.Computed(second));
        TasksSeceded seceded = new();
        seceded.Tasks.Add(parent);
        seceded.Attempts.Add(2);

        _bench.Tell(second, seceded);

        Assert.Equal([(parent, 2), (child, 1)], _bench.Computed(second));
    }

    [Fact]
    public void A_worker_that_leaves_on_purpose_makes_no_suspects()
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        for (int leaving = 0; leaving < 4; leaving++)
            _bench.Tell(_bench.NewWorker(), new Goodbye { Reason = "retired" });

        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_consumer_stays_with_its_worker_while_a_lost_input_is_computed_again()
    {
        SchedulerWorker holder = _bench.NewWorker();
        Graph graph = new(1);
        TaskId input = graph.Add(wanted: false);
        TaskId task = graph.Add([input], workers: ["consumer"]);
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker consumer = _bench.NewWorker(name: "consumer");
        _bench.Finish(holder, input);
        Assert.Equal([(task, 1)], _bench.Computed(consumer));
        ReplicasRemoved removed = new();
        removed.Tasks.Add(input);

        _bench.Tell(holder, removed);

        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(task));
        SchedulerWorker again = _bench.Computed(holder).Contains((input, 2)) ? holder : consumer;
        _bench.Finish(again, input);
        HoldersRefreshed told = _bench.ToldTo<HoldersRefreshed>(consumer).Last();
        Assert.Equal(input, told.Tasks[0]);
        Assert.Equal(again.Number, told.Holders[0]);
        _bench.Finish(consumer, task);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_holder_that_has_not_got_a_value_is_struck_off_and_the_value_computed_again()
    {
        SchedulerWorker holder = _bench.NewWorker();
        Graph graph = new(1);
        TaskId input = graph.Add(wanted: false);
        graph.Add([input], workers: ["consumer"]);
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker consumer = _bench.NewWorker(name: "consumer");
        _bench.Finish(holder, input);
        DataMissing missing = new();
        missing.Tasks.Add(input);
        missing.Holders.Add(holder.Number);
        missing.Gone.Add(1);

        _bench.Tell(consumer, missing);

        Assert.Empty(_bench.ToldTo<HoldersRefreshed>(consumer).Last().Holders.Span.ToArray());
        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(input));

        // Should the news be old, and the value there again, it goes.
        Assert.Equal([input], _bench.ToldTo<FreeTasks>(holder).Last().Tasks.Span.ToArray());
    }

    [Fact]
    public void A_holder_that_cannot_be_reached_is_not_blamed_and_another_one_is_named()
    {
        SchedulerWorker holder = _bench.NewWorker();
        Graph graph = new(1);
        TaskId input = graph.Add();
        graph.Add([input], workers: ["consumer"]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(holder, input);
        SchedulerWorker second = _bench.NewWorker();
        AddReplica(second, input);
        SchedulerWorker consumer = _bench.NewWorker(name: "consumer");
        DataMissing missing = new();
        missing.Tasks.Add(input);
        missing.Holders.Add(holder.Number);
        missing.Gone.Add(0);

        _bench.Tell(consumer, missing);

        Assert.Equal([second.Number], _bench.ToldTo<HoldersRefreshed>(consumer).Last().Holders.Span.ToArray());
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(input));
    }

    [Fact]
    public void Scattered_data_that_is_lost_is_reported_and_fails_what_takes_it()
    {
        SchedulerWorker holder = _bench.NewWorker();
        RegisterData data = new() { Submission = 1 };
        data.Workers.Add(holder.Number);
        data.Bytes.Add(1000);
        _bench.Tell(_bench.Client, data);
        Assert.True(_bench.ReplyTo(1).Accepted);
        TaskId scattered = new(1, 0);
        Graph graph = new(2);
        TaskId task = graph.Add([scattered]);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Lose(holder);

        Assert.Equal([scattered], _bench.ToldTo<TasksLost>(_bench.Client).Single().Tasks.Span.ToArray());
        Assert.Equal(TaskErrorKind.InputLost, _bench.ErrorOf(task).Kind);
        _bench.Release(_bench.Client, scattered, task);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    /// <summary>Found by a simulated run: the scheduler fell over.</summary>
    [Fact]
    public void A_lost_result_whose_scattered_input_was_dropped_fails_as_its_input_is_lost()
    {
        SchedulerWorker holder = _bench.NewWorker();
        RegisterData data = new() { Submission = 1 };
        data.Workers.Add(holder.Number);
        data.Bytes.Add(1000);
        _bench.Tell(_bench.Client, data);
        Graph graph = new(2);
        TaskId task = graph.Add([new TaskId(1, 0)]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(holder, task);
        _bench.Release(_bench.Client, new TaskId(1, 0));

        _bench.Lose(holder);
        _bench.NewWorker();

        Assert.Equal(TaskErrorKind.InputLost, _bench.ErrorOf(task).Kind);
        _bench.Release(_bench.Client, task);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Data_put_on_workers_of_an_earlier_scheduler_is_refused()
    {
        SchedulerWorker holder = _bench.NewWorker();
        RegisterData data = new() { Submission = 1, Epoch = ulong.MaxValue };
        data.Workers.Add(holder.Number);
        data.Bytes.Add(1000);

        _bench.Tell(_bench.Client, data);

        Assert.Contains("scatter it again", _bench.ReplyTo(1).Error, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void A_second_worker_of_the_same_name_is_refused()
    {
        _bench.NewWorker(name: "twin");

        SchedulerWorker? second = _bench.Machine.AdmitWorker(
            MachineBench.HelloOf("twin", incarnation: 5), _bench.Now, out string refusal);

        Assert.Null(second);
        Assert.Contains("twin", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_worker_process_that_connects_anew_replaces_its_old_connection()
    {
        SchedulerWorker old = _bench.NewWorker(name: "twin");

        SchedulerWorker anew = _bench.NewWorker(name: "twin");

        Assert.Equal(WorkerStatus.Lost, old.Status);
        Assert.NotEqual(old.Number, anew.Number);
        Assert.Equal(1, _bench.Machine.WorkerCount);
    }

    private void AddReplica(SchedulerWorker worker, TaskId task)
    {
        ReplicasAdded added = new();
        added.Tasks.Add(task);
        added.Bytes.Add(100);
        _bench.Tell(worker, added);
    }
}
