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
    public void A_task_that_takes_all_memory_runs_once_more_where_most_is_free_and_fails_then_with_that_reason()
    {
        SchedulerWorker first = _bench.NewWorker(memoryLimit: 4L << 30);
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker small = _bench.NewWorker(memoryLimit: 4L << 30);
        SchedulerWorker large = _bench.NewWorker(memoryLimit: 8L << 30);
        first.Hello.ProcessId = 11;
        large.Hello.ProcessId = 12;
        foreach (SchedulerWorker worker in new[] { small, large })
            _bench.Tell(worker, new Heartbeat { ProcessBytes = 1L << 30 });

        _bench.Lose(first, "its connection is gone");
        Report(small, first, "killed for memory: 3.9 GiB of at most 4.0 GiB", isForMemory: true);

        Assert.Equal([(task, 2)], _bench.Computed(large));
        _bench.Lose(large, "its connection is gone");
        Assert.Empty(_bench.Computed(small));
        Report(small, large, "killed for memory: 7.8 GiB of at most 8.0 GiB", isForMemory: true);
        TaskError error = _bench.ErrorOf(task);
        Assert.Equal(TaskErrorKind.OutOfMemory, error.Kind);
        Assert.Contains("killed for memory: 3.9 GiB of at most 4.0 GiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("killed for memory: 7.8 GiB of at most 8.0 GiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_of_which_two_workers_seem_to_have_died_waits_for_the_reports_and_not_for_ever()
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker[] dead = [_bench.NewWorker(), _bench.NewWorker()];
        SchedulerWorker last = _bench.NewWorker();
        for (int i = 0; i < 2; i++)
        {
            dead[i].Hello.ProcessId = 11 + i;
            _bench.Lose(dead[i], "its connection is gone");
        }

        Report(last, dead[0], "exit code 7", isForMemory: false);
        Assert.Empty(_bench.Computed(last));
        Report(last, dead[1], "exit code 7", isForMemory: false);
        Assert.Equal([(task, 3)], _bench.Computed(last));

        _bench.Lose(last, "its connection is gone");
        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task));
        _bench.Advance(11_000_000);
        Assert.Contains("exit code 7", _bench.ErrorOf(task).Message, StringComparison.Ordinal);
        Assert.Equal(TaskErrorKind.Poisoned, _bench.ErrorOf(task).Kind);
    }

    [Fact]
    public void A_task_that_is_poisoned_fails_with_the_report_of_each_of_its_deaths()
    {
        TaskId task = DieThrice(out SchedulerWorker third);
        SchedulerWorker fourth = _bench.NewWorker();
        Assert.Empty(_bench.Computed(fourth));
        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task));

        Report(fourth, third, "exit code 102", isForMemory: false, [task]);

        TaskError error = _bench.ErrorOf(task);
        Assert.Equal(TaskErrorKind.Poisoned, error.Kind);
        Assert.All(["exit code 100", "exit code 101", "exit code 102"], reason =>
            Assert.Contains(reason, error.Message, StringComparison.Ordinal));
        Assert.Empty(_bench.Computed(fourth));
    }

    [Fact]
    public void A_lost_input_that_a_running_task_waits_for_does_not_run_again_either_once_it_has_seen_too_many_deaths()
    {
        SchedulerWorker holder = _bench.NewWorker(name: "holder");
        Graph graph = new(1);
        TaskId input = graph.Add(workers: ["holder"]);
        TaskId task = graph.Add([input], workers: ["consumer"]);
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker consumer = _bench.NewWorker(name: "consumer");
        _bench.Finish(holder, input);
        Assert.Equal([(task, 1)], _bench.Computed(consumer));
        _bench.Lose(holder);
        for (int death = 0; death < 3; death++)
        {
            holder = _bench.NewWorker(name: "holder");
            holder.Hello.ProcessId = 11 + death;
            Assert.Equal([(input, death + 2)], _bench.Computed(holder));
            _bench.Lose(holder, "its connection is gone");
            Report(consumer, holder, $"exit code {100 + death}", isForMemory: false, death < 2 ? [input] : [new TaskId(99, 0)]);
        }

        holder = _bench.NewWorker(name: "holder");
        Assert.Equal([(input, 5)], _bench.Computed(holder));
        holder.Hello.ProcessId = 14;
        _bench.Lose(holder, "its connection is gone");
        holder = _bench.NewWorker(name: "holder");
        Assert.Empty(_bench.Computed(holder));
        _bench.Advance(11_000_000);
        Assert.Equal(TaskErrorKind.Poisoned, _bench.ErrorOf(task).Kind);
    }

    [Fact]
    public void A_task_that_did_not_run_at_the_third_death_runs_again_when_its_report_says_so()
    {
        TaskId task = DieThrice(out SchedulerWorker third);
        SchedulerWorker fourth = _bench.NewWorker();

        Report(fourth, third, "exit code 102", isForMemory: false, [new TaskId(99, 0)]);

        Assert.Equal([(task, 4)], _bench.Computed(fourth));
        _bench.Finish(fourth, task);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_report_that_does_not_come_is_not_waited_for_longer_than_a_lease_although_no_worker_is_left()
    {
        TaskId task = DieThrice(out _);
        while (_bench.Machine.StateOf(task) == TaskState.Queued && _bench.Machine.NextDeadline < long.MaxValue)
            _bench.Advance(_bench.Machine.NextDeadline - _bench.Now);

        Assert.Equal(TaskErrorKind.Poisoned, _bench.ErrorOf(task).Kind);
    }

    [Fact]
    public void A_task_that_waits_for_the_report_of_its_last_death_can_be_cancelled_and_leaves_nothing()
    {
        TaskId task = DieThrice(out SchedulerWorker third);
        _bench.Release(_bench.Client, task);
        Assert.Equal(0, _bench.Machine.TaskCount);
        Report(_bench.NewWorker(), third, "exit code 102", isForMemory: false, [task]);
        List<(TaskId Task, int Deaths)> suspicions = [];
        _bench.Machine.ReadSuspicions(suspicions);
        Assert.Empty(suspicions);
    }

    [Fact]
    public void A_task_that_did_not_run_at_a_death_is_acquitted_of_it_by_the_nannys_report()
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        for (int death = 0; death < 4; death++)
        {
            SchedulerWorker dead = _bench.NewWorker();
            dead.Hello.ProcessId = 11 + death;
            Assert.Equal(task, Assert.Single(_bench.Computed(dead)).Task);
            SchedulerWorker next = _bench.NewWorker();
            next.Hello.ProcessId = 21 + death;
            _bench.Lose(dead, "its connection is gone");
            Report(next, dead, "exit code 137", isForMemory: true, []);
            _bench.Lose(next, "its connection is gone");
            SchedulerWorker reporter = _bench.NewWorker();
            Report(reporter, next, "exit code 137", isForMemory: true, []);
            _bench.Tell(reporter, new Goodbye { Reason = "it has reported" });
        }

        List<(TaskId Task, int Deaths)> suspicions = [];
        _bench.Machine.ReadSuspicions(suspicions);
        Assert.Empty(suspicions);
        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_task_that_ran_at_each_of_three_deaths_is_poisoned_whatever_the_reports_say_of_others()
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker(), _bench.NewWorker()];
        for (int i = 0; i < 3; i++)
        {
            workers[i].Hello.ProcessId = 11 + i;
            _bench.Lose(workers[i], "its connection is gone");
            if (i == 1)
            {
                Report(workers[2], workers[0], "exit code 7", isForMemory: false, [task]);
                Report(workers[2], workers[1], "exit code 7", isForMemory: false, [task, new TaskId(99, 0)]);
            }
        }

        Report(_bench.NewWorker(), workers[2], "exit code 7", isForMemory: false, [new TaskId(99, 0), task]);
        Assert.Equal(TaskErrorKind.Poisoned, _bench.ErrorOf(task).Kind);
    }

    [Fact]
    public void A_suspect_that_is_acquitted_while_it_runs_alone_no_longer_keeps_others_off()
    {
        Graph graph = new(1);
        TaskId[] tasks = [graph.Add(), graph.Add()];
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker dead = _bench.NewWorker();
        dead.Hello.ProcessId = 11;
        _bench.Lose(dead, "its connection is gone");
        SchedulerWorker worker = _bench.NewWorker();
        Assert.Equal([(tasks[0], 2)], _bench.Computed(worker));

        Report(worker, dead, "exit code 137", isForMemory: false, [tasks[1]]);

        Assert.Contains(_bench.Computed(worker), run => run.Task == tasks[1]);
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

    /// <summary>A task of which three workers die, one after another; the deaths of the first two are reported.</summary>
    private TaskId DieThrice(out SchedulerWorker third)
    {
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker? before = null;
        for (int death = 0; death < 3; death++)
        {
            SchedulerWorker worker = _bench.NewWorker();
            worker.Hello.ProcessId = 11 + death;
            if (before is not null)
                Report(worker, before, $"exit code {99 + death}", isForMemory: false, [task]);
            Assert.Equal([(task, death + 1)], _bench.Computed(worker));
            _bench.Lose(worker, "its connection is gone");
            before = worker;
        }

        third = before!;
        return task;
    }

    private void AddReplica(SchedulerWorker worker, TaskId task)
    {
        ReplicasAdded added = new();
        added.Tasks.Add(task);
        added.Bytes.Add(100);
        _bench.Tell(worker, added);
    }

    private void Report(SchedulerWorker by, SchedulerWorker dead, string reason, bool isForMemory, TaskId[]? running = null)
    {
        PredecessorDied report = new()
        {
            ProcessId = dead.Hello.ProcessId,
            Reason = reason,
            ForMemory = isForMemory ? (byte)1 : (byte)0,
            KnowsRunning = running is null ? (byte)0 : (byte)1,
        };
        report.Running.AddRange(running ?? []);
        _bench.Tell(by, report);
    }
}
