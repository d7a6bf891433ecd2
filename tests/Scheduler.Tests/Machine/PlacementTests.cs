using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class PlacementTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_task_runs_where_its_input_is()
    {
        SchedulerWorker a = _bench.NewWorker();
        SchedulerWorker b = _bench.NewWorker();
        Graph graph = new(1);
        TaskId input = graph.Add(workers: [b.Name]);
        TaskId task = graph.Add([input]);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Finish(b, input);

        Assert.Equal((task, 1), _bench.Computed(b).Last());
        Assert.Empty(_bench.Computed(a));
        Assert.Empty(_bench.ToldTo<ComputeTasks>(b).Last().Holders.Span.ToArray());
    }

    [Fact]
    public void Roots_are_shared_out_in_neighbouring_runs()
    {
        SchedulerWorker a = _bench.NewWorker();
        SchedulerWorker b = _bench.NewWorker();
        Graph graph = new(1);
        TaskId[] tasks = [.. Enumerable.Range(0, 8).Select(_ => graph.Add())];

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal(tasks[..4], _bench.Computed(a).Select(run => run.Task));
        Assert.Equal(tasks[4..], _bench.Computed(b).Select(run => run.Task));
    }

    [Fact]
    public void A_worker_is_given_16_tasks_per_thread_until_durations_are_known()
    {
        SchedulerWorker worker = _bench.NewWorker(threads: 2);

        SubmitMany(100);

        Assert.Equal(32, _bench.Computed(worker).Count);
    }

    [Fact]
    public void Long_tasks_are_not_hoarded()
    {
        SchedulerWorker worker = _bench.NewWorker();
        TaskId[] tasks = SubmitMany(100);
        for (int i = 0; i < 16; i++)
            _bench.Finish(worker, 1_000_000, tasks[i]);

        Assert.Equal(2, worker.ActiveCount);
    }

    [Fact]
    public void Of_tiny_tasks_many_are_given_ahead()
    {
        SchedulerWorker worker = _bench.NewWorker();
        TaskId[] tasks = SubmitMany(1000);

        _bench.Finish(worker, 1, tasks[..16]);

        Assert.Equal(256, worker.ActiveCount);
    }

    [Fact]
    public void An_idle_worker_gets_tasks_that_wait_at_another()
    {
        SchedulerWorker busy = _bench.NewWorker();
        TaskId[] tasks = SubmitMany(16);
        SchedulerWorker idle = _bench.NewWorker();
        _bench.Advance(20_000);
        TaskId[] asked = [.. _bench.Retracted(busy)];
        Assert.Equal(8, asked.Length);
        Assert.DoesNotContain(tasks[0], asked);

        TasksRetracted answer = new();
        foreach (TaskId task in asked)
        {
            answer.Tasks.Add(task);
            answer.Attempts.Add(1);
            answer.Accepted.Add((byte)(task == asked[0] ? 0 : 1));
        }

        _bench.Tell(busy, answer);

        Assert.Equal(asked[1..].OrderBy(task => task.Index), _bench.Computed(idle).Select(run => run.Task));
        Assert.All(_bench.Computed(idle), run => Assert.Equal(2, run.Attempt));
        Assert.Equal(9, busy.ActiveCount);
    }

    [Fact]
    public void A_restricted_task_waits_for_a_worker_that_may_run_it()
    {
        SchedulerWorker other = _bench.NewWorker(name: "alice");
        Graph graph = new(1);
        TaskId task = graph.Add(workers: ["bob"]);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(task));
        Assert.Empty(_bench.Computed(other));

        SchedulerWorker bob = _bench.NewWorker(name: "bob");

        Assert.Equal([(task, 1)], _bench.Computed(bob));
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("pi7")]
    [InlineData("tcp://pi7:bob")]
    [InlineData("pi7:bob")]
    public void Restrictions_name_workers_addresses_or_hosts(string word)
    {
        _bench.NewWorker(name: "alice");
        SchedulerWorker bob = _bench.NewWorker(name: "bob", host: "pi7");
        Graph graph = new(1);
        TaskId task = graph.Add(workers: [word]);

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal([(task, 1)], _bench.Computed(bob));
    }

    [Fact]
    public void A_preference_is_only_a_preference()
    {
        SchedulerWorker other = _bench.NewWorker(name: "alice");
        Graph graph = new(1);
        TaskId task = graph.Add(workers: ["bob"], allowOthers: true);

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal([(task, 1)], _bench.Computed(other));
    }

    [Fact]
    public void An_unplaceable_task_can_lose_its_input_fail_or_be_released()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId input = graph.Add(wanted: false);
        TaskId task = graph.Add([input], workers: ["nobody"]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, input);
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(task));

        _bench.Lose(worker);
        Assert.Equal(TaskState.Waiting, _bench.Machine.StateOf(task));
        SchedulerWorker second = _bench.NewWorker();
        _bench.Finish(second, input);
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(task));
        _bench.Release(_bench.Client, task);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Holders_of_inputs_are_named_to_the_worker_that_lacks_them()
    {
        SchedulerWorker a = _bench.NewWorker();
        SchedulerWorker b = _bench.NewWorker();
        Graph graph = new(1);
        TaskId left = graph.Add(workers: [a.Name]);
        TaskId right = graph.Add(workers: [b.Name]);
        TaskId sum = graph.Add([left, right], workers: [a.Name]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(a, left);
        _bench.Finish(b, right);

        ComputeTasks told = _bench.ToldTo<ComputeTasks>(a).Last();

        Assert.Equal([sum], told.Tasks.Span.ToArray());
        Assert.Equal([left, right], told.Dependencies.Span.ToArray());
        Assert.Equal([0, 1], told.HolderEnds.Span.ToArray());
        Assert.Equal([b.Number], told.Holders.Span.ToArray());
        Assert.Equal([100L, 100L], told.DependencyBytes.Span.ToArray());
    }

    private TaskId[] SubmitMany(int count)
    {
        Graph graph = new(1);
        TaskId[] tasks = [.. Enumerable.Range(0, count).Select(_ => graph.Add())];
        _bench.Tell(_bench.Client, graph.Message);
        return tasks;
    }

    [Fact]
    public void No_more_tasks_are_given_to_a_thread_than_the_saturation_allows()
    {
        MachineBench bench = new(new SchedulerMachineOptions { MaxTasksPerThread = 1 });
        SchedulerWorker worker = bench.NewWorker(threads: 3);
        Graph graph = new(1);
        for (int i = 0; i < 20; i++)
            graph.Add();
        bench.Tell(bench.Client, graph.Message);

        Assert.Equal(3, bench.Computed(worker).Count);
    }

    [Fact]
    public void Of_a_function_whose_duration_is_configured_no_more_is_given_than_a_long_one_needs()
    {
        MachineBench bench = new(new SchedulerMachineOptions
        {
            DefaultDurationsUs = new Dictionary<string, long> { ["Inc"] = 2_000_000 },
        });
        SchedulerWorker worker = bench.NewWorker();
        Graph graph = new(1);
        for (int i = 0; i < 20; i++)
            graph.Add();
        bench.Tell(bench.Client, graph.Message);

        Assert.Equal(2, bench.Computed(worker).Count);
    }
}
