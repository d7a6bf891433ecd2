using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class RetryTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_retry_runs_again_from_the_input_that_failed_first()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId good = graph.Add();
        TaskId culprit = graph.Add(wanted: false);
        TaskId sum = graph.Add([good, culprit]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, good);
        _bench.Fail(worker, culprit);
        Assert.Equal(TaskState.Erred, _bench.Machine.StateOf(sum));
        _bench.Forget();

        Retry(sum);

        Assert.Equal([sum], _bench.ToldTo<TasksRetried>(_bench.Client).Single().Tasks.Span.ToArray());
        Assert.Equal([(culprit, 2)], _bench.Computed(worker));
        Assert.Equal("", Answer().Error);
        _bench.Finish(worker, culprit);
        _bench.Finish(worker, sum);
        Assert.Equal([sum], _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void A_retry_of_what_has_not_failed_is_refused_with_its_state()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, task);

        Retry(task);

        Assert.Contains("it is Memory", Answer().Error, StringComparison.Ordinal);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_retry_of_a_task_whose_data_is_lost_fails_again_with_the_reason()
    {
        SchedulerWorker holder = _bench.NewWorker();
        RegisterData data = new() { Submission = 9 };
        data.Workers.Add(holder.Number);
        data.Bytes.Add(10);
        data.KeyNames.Add("data"u8);
        _bench.Tell(_bench.Client, data);
        Graph graph = new(1);
        TaskId task = graph.Add([new TaskId(9, 0)]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Lose(holder);
        _bench.Forget();

        Retry(task);

        Assert.Equal(TaskErrorKind.InputLost, _bench.ErrorOf(task).Kind);
    }

    [Fact]
    public void Refusals_of_keys_and_circles_are_told_apart_and_leave_nothing_behind()
    {
        _bench.NewWorker();
        Graph first = new(1, KeyForm.Named);
        first.Add(key: "k");
        _bench.Tell(_bench.Client, first.Message);
        Graph second = new(2, KeyForm.Named);
        second.Add(key: "other");
        second.Add(key: "k", argument: 9);
        int before = _bench.Machine.TaskCount;

        _bench.Tell(_bench.Client, second.Message);
        Graph circle = new(3);
        circle.Add([circle.Id(1)]);
        circle.Add([circle.Id(0)]);
        _bench.Tell(_bench.Client, circle.Message);

        Assert.Equal(RefusalKind.KeyConflict, _bench.ReplyTo(2).Refusal);
        Assert.Equal(RefusalKind.Cycle, _bench.ReplyTo(3).Refusal);
        Assert.Equal(before, _bench.Machine.TaskCount);
    }

    private void Retry(params TaskId[] tasks)
    {
        RetryTasks message = new() { RequestId = 7 };
        message.Tasks.AddRange(tasks);
        _bench.Tell(_bench.Client, message);
    }

    private OperationReply Answer() => _bench.ToldTo<OperationReply>(_bench.Client).Single(r => r.RequestId == 7);
}
