using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class SpeculationTests
{
    private const int RunUs = 50_000;
    private readonly MachineBench _bench = new();
    private readonly SchedulerWorker _slow;
    private readonly SchedulerWorker _fast;

    public SpeculationTests()
    {
        _slow = _bench.NewWorker(name: "slow");
        _fast = _bench.NewWorker(name: "fast");
    }

    [Fact]
    public void A_run_beyond_three_times_its_functions_median_gets_a_second_one_on_an_idle_worker_and_the_first_result_wins()
    {
        TaskId task = Straggle();

        (TaskId Task, int Attempt) second = Assert.Single(_bench.Computed(_fast));
        Assert.Equal((task, 2), second);
        _bench.Finish(_fast, RunUs, task);

        Assert.Equal([task], _bench.InMemory(_bench.Client));
        Assert.Equal([task], _bench.Aborted(_slow));
        Assert.Equal(["fast"], Holders(task));
        _bench.Finish(_slow, RunUs * 10, task);

        Assert.Equal([task], _bench.Freed(_slow));
        Assert.Equal([task], _bench.InMemory(_bench.Client));
        Assert.Equal(["fast"], Holders(task));
    }

    [Fact]
    public void The_second_run_is_aborted_when_the_first_one_ends_before_it()
    {
        TaskId task = Straggle();

        _bench.Finish(_slow, RunUs * 4, task);

        Assert.Equal([task], _bench.Aborted(_fast));
        Assert.Equal(["slow"], Holders(task));
        _bench.Finish(_fast, RunUs, task);
        Assert.Equal([task], _bench.Freed(_fast));
        Assert.Equal([task], _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void A_task_gets_one_second_run_however_long_both_take()
    {
        _bench.NewWorker(name: "third");
        Straggle();

        Wait(RunUs * 100);

        Assert.Single(Dispatches());
    }

    [Fact]
    public void Without_its_clients_consent_a_task_never_runs_twice()
    {
        Straggle(speculate: false);

        Wait(RunUs * 100);

        Assert.Empty(Dispatches());
    }

    [Fact]
    public void A_straggler_waits_for_an_idle_worker()
    {
        Train();
        Graph graph = new(2);
        TaskId slow = graph.Add(workers: ["slow"], speculate: true);
        TaskId other = graph.Add(workers: ["fast"]);
        _bench.Tell(_bench.Client, graph.Message);
        Wait(RunUs * 4);
        Assert.DoesNotContain(_bench.Computed(_fast), run => run.Task == slow);
        _bench.Finish(_fast, RunUs, other);
        Wait(RunUs);
        Assert.DoesNotContain(_bench.Computed(_fast), run => run.Task == slow);
    }

    [Fact]
    public void When_the_stragglers_worker_dies_the_second_run_takes_its_place_and_nothing_is_dispatched_again()
    {
        TaskId task = Straggle();

        _bench.Lose(_slow);

        Assert.Single(_bench.Computed(_fast));
        Assert.Empty(_bench.Aborted(_fast));
        _bench.Finish(_fast, RunUs, task);
        Assert.Equal([task], _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void When_the_second_runs_worker_dies_the_first_run_goes_on_and_counts()
    {
        TaskId task = Straggle();

        _bench.Lose(_fast);
        _bench.Finish(_slow, RunUs * 9, task);

        Assert.Equal([task], _bench.InMemory(_bench.Client));
        Assert.Single(_bench.Computed(_slow), run => run.Task == task);
    }

    [Fact]
    public void A_task_fails_when_both_of_its_runs_have_failed_and_not_before()
    {
        TaskId task = Straggle();

        _bench.Fail(_slow, task, "boom");
        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(task));
        _bench.Fail(_fast, task, "boom again");

        Assert.Equal("boom again", _bench.ErrorOf(task).Message);
    }

    [Fact]
    public void A_task_that_kills_the_workers_of_its_second_runs_too_is_found_out()
    {
        TaskId task = Straggle();
        _bench.Lose(_fast);
        _bench.Lose(_slow);
        // No nanny reports: after a lease it is not waited for any longer.
        _bench.Advance(11_000_000);
        SchedulerWorker last = _bench.NewWorker(name: "last");
        Assert.Contains(_bench.Computed(last), run => run.Task == task);
        _bench.Lose(last);

        Assert.Equal(TaskErrorKind.Poisoned, _bench.ErrorOf(task).Kind);
    }

    [Fact]
    public void Releasing_a_task_ends_both_of_its_runs()
    {
        TaskId task = Straggle();

        _bench.Release(_bench.Client, task);

        Assert.Equal([task], _bench.Aborted(_slow));
        Assert.Equal([task], _bench.Aborted(_fast));
    }

    /// <summary>A task that the slow worker has had for four times as long as its function takes.</summary>
    private TaskId Straggle(bool speculate = true)
    {
        Train();
        Graph graph = new(2);
        TaskId task = graph.Add(speculate: speculate);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Single(_bench.Computed(_slow), run => run.Task == task);
        Wait(RunUs * 4);
        return task;
    }

    /// <summary>Some runs, after which the median is known, and nothing is left.</summary>
    private void Train()
    {
        Graph graph = new(1);
        for (int i = 0; i < 4; i++)
            graph.Add(workers: ["slow"], speculate: true);
        _bench.Tell(_bench.Client, graph.Message);
        TaskId[] tasks = [.. Enumerable.Range(0, 4).Select(graph.Id)];
        foreach (TaskId task in tasks)
            _bench.Finish(_slow, RunUs, task);
        _bench.Release(_bench.Client, tasks);
        _bench.Forget();
    }

    private void Wait(long us)
    {
        for (long waited = 0; waited < us; waited += 20_000)
        {
            _bench.Advance(20_000);
            _bench.Machine.Handle(_slow, new Heartbeat(), _bench.Now);
            _bench.Machine.Handle(_fast, new Heartbeat(), _bench.Now);
        }
    }

    /// <summary>What workers other than the slow one were given.</summary>
    private List<(TaskId Task, int Attempt)> Dispatches() => _bench.Computed(_fast);

    private string[] Holders(TaskId task)
    {
        WhoHas question = new() { RequestId = 9 };
        question.Tasks.Add(task);
        _bench.Tell(_bench.Client, question);
        WhoHasReply reply = _bench.ToldTo<WhoHasReply>(_bench.Client).Last();
        return [.. reply.Holders.Span.ToArray().Select(number => number == _slow.Number ? "slow" : "fast")];
    }
}
