using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>What nannies say of the deaths of their workers, and what it means to the tasks that ran there.</summary>
public class DeathReportTests
{
    private readonly MachineBench _bench = new();

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
