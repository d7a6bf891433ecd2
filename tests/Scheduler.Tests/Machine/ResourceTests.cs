using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class ResourceTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void Tasks_that_take_resources_are_held_until_enough_is_free_and_go_by_priority()
    {
        SchedulerWorker worker = NewWorker("gpus", ("GPU", 2), threads: 8);
        Graph graph = new(1);
        TaskId[] tasks = [.. Enumerable.Range(0, 4).Select(i => Add(graph, 1, priority: i == 3 ? 5 : 0))];
        TaskId free = graph.Add();
        graph.Message.ResourceIndex.Add(-1);
        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal(
            new[] { tasks[3], tasks[0], free }.ToHashSet(), _bench.Computed(worker).Select(r => r.Task).ToHashSet());
        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(tasks[1]));
        _bench.Finish(worker, tasks[3]);
        Assert.Equal(tasks[1], _bench.Computed(worker).Last().Task);
        _bench.Fail(worker, tasks[0]);
        Assert.Equal(tasks[2], _bench.Computed(worker).Last().Task);
    }

    [Fact]
    public void A_task_that_no_worker_has_enough_for_waits_for_one_that_has()
    {
        NewWorker("small", ("GPU", 1));
        Graph graph = new(1);
        TaskId task = Add(graph, 4);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(task));

        SchedulerWorker large = NewWorker("large", ("GPU", 4));

        Assert.Equal([task], _bench.Computed(large).Select(run => run.Task));
    }

    [Fact]
    public void What_a_dead_worker_had_taken_is_taken_elsewhere_and_held_tasks_lose_their_place_with_it()
    {
        SchedulerWorker only = NewWorker("only", ("GPU", 1));
        Graph graph = new(1);
        TaskId[] tasks = [Add(graph, 1), Add(graph, 1)];
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Single(_bench.Computed(only));

        _bench.Lose(only);
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(tasks[1]));
        SchedulerWorker next = NewWorker("next", ("GPU", 1));

        Assert.Single(_bench.Computed(next));
    }

    [Fact]
    public void A_story_names_the_resource_that_is_missing_or_taken()
    {
        NewWorker("one", ("GPU", 1));
        Graph graph = new(1, KeyForm.Named);
        Add(graph, 1, key: "first");
        Add(graph, 1, key: "second");
        Add(graph, 9, key: "third");
        _bench.Tell(_bench.Client, graph.Message);

        Assert.Contains("has GPU=1, taken by others", Story("second"));
        Assert.Contains("has not got GPU=9 at all", Story("third"));
    }

    private static TaskId Add(Graph graph, double gpus, int priority = 0, string key = "")
    {
        TaskId task = graph.Add(priority: priority, key: key);
        SubmitTasks message = graph.Message;
        while (message.ResourceIndex.Count < task.Index)
            message.ResourceIndex.Add(-1);
        message.ResourceIndex.Add(message.ResourceSets.Count);
        message.ResourceSets.Add([new ResourceAmount("GPU", gpus)]);
        return task;
    }

    private SchedulerWorker NewWorker(string name, (string Name, double Amount) resource, int threads = 4)
    {
        Hello hello = MachineBench.HelloOf(name, threads);
        hello.Resources.Add(new ResourceAmount(resource.Name, resource.Amount));
        SchedulerWorker worker = _bench.Machine.AdmitWorker(hello, _bench.Now, out string refusal)!;
        Assert.Equal("", refusal);
        Assert.True(_bench.Machine.JoinWorker(worker, _bench.Now));
        _bench.Turn();
        return worker;
    }

    private string Story(string key)
    {
        _bench.Tell(_bench.Client, new StoryRequest { RequestId = 7, Key = key });
        return _bench.ToldTo<OperationReply>(_bench.Client).Last().Summary;
    }
}
