using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class SubmissionTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_repeated_submission_is_answered_again_and_changes_nothing()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal(2, _bench.ToldTo<SubmissionReply>(_bench.Client).Count(reply => reply.Accepted));
        Assert.Single(_bench.Computed(worker));

        _bench.Finish(worker, task);
        _bench.Release(_bench.Client, task);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal(3, _bench.ToldTo<SubmissionReply>(_bench.Client).Count(reply => reply.Accepted));
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Nothing_runs_before_the_last_chunk_has_arrived()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph first = new(1);
        TaskId a = first.Add(wanted: false);
        first.Message.IsLast = false;
        Graph second = new(1);
        second.Message.FirstIndex = 1;
        TaskId b = second.Add([a]);

        _bench.Tell(_bench.Client, first.Message);
        Assert.Empty(_bench.Computed(worker));
        Assert.Equal(TaskState.Forgotten, _bench.Machine.StateOf(a));
        _bench.Tell(_bench.Client, second.Message);

        Assert.Equal([(a, 1)], _bench.Computed(worker));
        _bench.Finish(worker, a);
        Assert.Equal((b, 1), _bench.Computed(worker).Last());
    }

    [Fact]
    public void A_chunk_without_those_before_it_is_refused()
    {
        Graph second = new(1);
        second.Message.FirstIndex = 1;
        second.Add();

        _bench.Tell(_bench.Client, second.Message);

        Assert.False(_bench.ReplyTo(1).Accepted);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void A_circle_is_refused_whole_and_printed()
    {
        Graph graph = new(1, KeyForm.Named);
        graph.Add(key: "free");
        graph.Add([graph.Id(3)], key: "a");
        graph.Add([graph.Id(1)], key: "b");
        graph.Add([graph.Id(2)], key: "c");

        _bench.Tell(_bench.Client, graph.Message);

        SubmissionReply reply = _bench.ReplyTo(1);
        Assert.False(reply.Accepted);
        Assert.Contains("a ← c ← b ← a", reply.Error, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void A_task_that_takes_its_own_value_is_a_circle()
    {
        Graph graph = new(1, KeyForm.Named);
        graph.Add([graph.Id(0)], key: "self");

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Contains("self ← self", _bench.ReplyTo(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_may_be_named_before_they_are_described()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId sum = graph.Add([graph.Id(1), graph.Id(2)]);
        TaskId a = graph.Add(wanted: false);
        TaskId b = graph.Add(wanted: false);

        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, a, b);
        _bench.Finish(worker, sum);

        Assert.Equal([sum], _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void An_unknown_input_refuses_the_whole_submission()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        graph.Add();
        graph.Add([new TaskId(99, 0)]);

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Contains("63-0", _bench.ReplyTo(1).Error, StringComparison.Ordinal);
        Assert.Empty(_bench.Computed(worker));
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void An_unknown_function_refuses_the_whole_submission()
    {
        Graph graph = new(1);
        graph.Add();
        graph.Message.Functions[0] = Hash128.Of("unheard of"u8);

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Contains("has not defined", _bench.ReplyTo(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyForm.Hashed)]
    [InlineData(KeyForm.Named)]
    public void Equal_calls_share_one_run(KeyForm form)
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph first = new(1, form);
        TaskId one = first.Add(key: "same");
        Graph second = new(2, form);
        TaskId two = second.Add(key: "same");
        TaskId user = second.Add([two], key: "user");
        _bench.Tell(_bench.Client, first.Message);
        _bench.Tell(_bench.Client, second.Message);
        Assert.Equal([(one, 1)], _bench.Computed(worker));

        _bench.Finish(worker, one);

        Assert.Equal([one, two], _bench.InMemory(_bench.Client));
        Assert.Equal(one, _bench.ToldTo<ComputeTasks>(worker).Last().Dependencies[0]);
        _bench.Finish(worker, user);
        _bench.Release(_bench.Client, one, user);
        Assert.DoesNotContain(one, _bench.Freed(worker));
        _bench.Release(_bench.Client, two);
        Assert.Contains(one, _bench.Freed(worker));
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Equal_maps_share_their_tasks_by_the_key_of_the_range()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph first = new(1, KeyForm.Range);
        Graph second = new(2, KeyForm.Range);
        foreach (Graph graph in new[] { first, second })
        {
            graph.Message.RangeKey = Hash128.Of("range"u8);
            graph.Add(argument: 1);
            graph.Add(argument: 2);
        }

        _bench.Tell(_bench.Client, first.Message);
        _bench.Tell(_bench.Client, second.Message);

        Assert.Equal(2, _bench.Computed(worker).Count);
        _bench.Finish(worker, first.Id(0), first.Id(1));
        Assert.Equal(4, _bench.InMemory(_bench.Client).Count);
        _bench.Release(_bench.Client, first.Id(0), first.Id(1));
        Assert.Equal(2, _bench.Machine.TaskCount);
        _bench.Release(_bench.Client, second.Id(0), second.Id(1));
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void An_equal_call_that_has_finished_is_told_at_once()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph first = new(1, KeyForm.Named);
        TaskId one = first.Add(key: "same");
        _bench.Tell(_bench.Client, first.Message);
        _bench.Finish(worker, one);
        SchedulerClient other = _bench.NewClient();
        Graph second = new(2, KeyForm.Named);
        TaskId two = second.Add(key: "same");

        _bench.Tell(other, second.Message);

        Assert.Equal([two], _bench.InMemory(other));
        Assert.Empty(_bench.ToldTo<TasksInMemory>(other).Single().InlineRows.Span.ToArray());
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(0, 9, false)]
    [InlineData(0, 0, true)]
    public void The_same_key_with_another_definition_is_refused(int function, byte argument, bool hasInput)
    {
        _bench.NewWorker();
        Graph first = new(1, KeyForm.Named);
        first.Add(key: "same");
        TaskId input = first.Add(key: "input");
        _bench.Tell(_bench.Client, first.Message);
        Graph second = new(2, KeyForm.Named);
        second.Add(key: "innocent");
        second.Add(hasInput ? [input] : null, key: "same", function: function, argument: argument);

        _bench.Tell(_bench.Client, second.Message);

        Assert.Contains("key conflict", _bench.ReplyTo(2).Error, StringComparison.Ordinal);
        Assert.Equal(2, _bench.Machine.TaskCount);
    }

    [Fact]
    public void A_failed_call_is_run_again_when_it_is_submitted_again()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph first = new(1, KeyForm.Named);
        TaskId input = first.Add(wanted: false, key: "input");
        TaskId one = first.Add([input], key: "same");
        _bench.Tell(_bench.Client, first.Message);
        _bench.Fail(worker, input);
        Assert.Equal(TaskState.Erred, _bench.Machine.StateOf(one));
        Graph second = new(2, KeyForm.Named);
        TaskId again = second.Add(wanted: false, key: "input");
        TaskId two = second.Add([again], key: "same");

        _bench.Tell(_bench.Client, second.Message);

        Assert.Equal((input, 2), _bench.Computed(worker).Last());
        _bench.Finish(worker, input);
        _bench.Finish(worker, one);
        Assert.Contains(two, _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void What_nobody_wants_and_nothing_takes_is_not_run()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        graph.Add(wanted: false);
        TaskId wanted = graph.Add();

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal([(wanted, 1)], _bench.Computed(worker));
        Assert.Equal(1, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Columns_that_do_not_fit_together_close_the_connection()
    {
        Graph graph = new(1);
        graph.Add();
        graph.Message.Count = 2;

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal(_bench.Client, _bench.Effects.Last().Close);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Larger_user_priorities_run_first_then_earlier_submissions()
    {
        Graph low = new(1);
        TaskId first = low.Add();
        TaskId second = low.Add();
        Graph high = new(2);
        TaskId urgent = high.Add(priority: 5);
        _bench.Tell(_bench.Client, low.Message);
        _bench.Tell(_bench.Client, high.Message);

        SchedulerWorker worker = _bench.NewWorker();

        Assert.Equal([urgent, first, second], _bench.Computed(worker).Select(run => run.Task));
        long[] priorities = _bench.ToldTo<ComputeTasks>(worker).Single().Priorities.Span.ToArray();
        Assert.Equal(priorities.Order(), priorities);
    }
}
