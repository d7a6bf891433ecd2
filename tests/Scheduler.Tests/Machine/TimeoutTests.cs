using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class TimeoutTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void A_task_that_no_worker_may_run_fails_after_the_time_limit_with_the_reason()
    {
        MachineBench bench = new(new SchedulerMachineOptions { NoWorkersTimeoutUs = 5 * Second });
        bench.NewWorker(name: "pi3");
        Graph graph = new(1);
        TaskId task = graph.Add(workers: ["pi9"]);
        bench.Tell(bench.Client, graph.Message);

        Wait(bench, seconds: 4);
        Assert.Equal(TaskState.NoWorker, bench.Machine.StateOf(task));
        Wait(bench, seconds: 2);

        TaskError error = bench.ErrorOf(task);
        Assert.Equal(TaskErrorKind.NoWorker, error.Kind);
        Assert.Contains("pi3", error.Message, StringComparison.Ordinal);
        Assert.Contains("is not among pi9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_fail_after_the_time_limit_when_no_worker_is_connected_at_all()
    {
        MachineBench bench = new(new SchedulerMachineOptions { NoWorkersTimeoutUs = 5 * Second });
        Graph graph = new(1);
        TaskId task = graph.Add();
        bench.Tell(bench.Client, graph.Message);

        Wait(bench, seconds: 6);

        Assert.Equal(TaskErrorKind.NoWorker, bench.ErrorOf(task).Kind);
    }

    [Fact]
    public void A_task_that_gets_its_worker_in_time_runs_and_its_wait_begins_anew_if_the_worker_goes()
    {
        MachineBench bench = new(new SchedulerMachineOptions { NoWorkersTimeoutUs = 5 * Second });
        SchedulerWorker other = bench.NewWorker(name: "pi3");
        Graph graph = new(1);
        TaskId task = graph.Add(workers: ["pi9"]);
        bench.Tell(bench.Client, graph.Message);
        Wait(bench, seconds: 4, other);
        SchedulerWorker late = bench.NewWorker(name: "pi9");
        bench.Tell(late, new Goodbye { Reason = "retired" });

        Wait(bench, seconds: 4, other);

        Assert.Equal(TaskState.NoWorker, bench.Machine.StateOf(task));
    }

    [Fact]
    public void Without_a_time_limit_a_task_waits_for_its_worker_for_ever()
    {
        MachineBench bench = new();
        bench.NewWorker(name: "pi3");
        Graph graph = new(1);
        TaskId task = graph.Add(workers: ["pi9"]);
        bench.Tell(bench.Client, graph.Message);

        Wait(bench, seconds: 100);

        Assert.Equal(TaskState.NoWorker, bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_scheduler_that_has_nothing_to_do_for_long_asks_to_be_stopped()
    {
        MachineBench bench = new(new SchedulerMachineOptions { IdleTimeoutUs = 10 * Second });
        SchedulerWorker worker = bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        bench.Tell(bench.Client, graph.Message);
        Wait(bench, seconds: 30, worker);
        Assert.DoesNotContain(bench.Effects, effect => effect.Text.Contains("--idle-timeout", StringComparison.Ordinal));
        bench.Finish(worker, task);

        Wait(bench, seconds: 9, worker);
        Assert.DoesNotContain(bench.Effects, effect => effect.Text.Contains("--idle-timeout", StringComparison.Ordinal));
        Wait(bench, seconds: 2, worker);

        Assert.Contains(bench.Effects, effect => effect.Text.Contains("--idle-timeout", StringComparison.Ordinal));
    }

    private static void Wait(MachineBench bench, int seconds, SchedulerWorker? speaking = null)
    {
        for (int half = 0; half < seconds * 2; half++)
        {
            bench.Advance(Second / 2);
            if (speaking is not null)
                bench.Tell(speaking, new Heartbeat());
        }
    }
}
