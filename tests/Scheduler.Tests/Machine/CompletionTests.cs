using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class CompletionTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_submitted_task_is_computed_and_its_client_is_told()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        Assert.True(_bench.ReplyTo(1).Accepted);
        Assert.Equal([(task, 1)], _bench.Computed(worker));
        Assert.IsType<DefineFunction>(_bench.ToldTo(worker).First(m => m is DefineFunction or ComputeTasks));

        _bench.Finish(worker, task);

        Assert.Equal([task], _bench.InMemory(_bench.Client));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_dependent_runs_in_the_same_turn_in_which_its_last_input_arrives()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId a = graph.Add(wanted: false);
        TaskId b = graph.Add(wanted: false);
        TaskId sum = graph.Add([a, b]);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal([a, b], _bench.Computed(worker).Select(run => run.Task));

        _bench.Finish(worker, a);
        Assert.Equal(TaskState.Waiting, _bench.Machine.StateOf(sum));
        _bench.Finish(worker, b);

        Assert.Equal(sum, _bench.Computed(worker).Last().Task);
    }

    [Fact]
    public void Tasks_that_wait_for_two_with_many_dependents_run_when_both_have_finished_together()
    {
        const int Each = 6_000;
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId a = graph.Add(wanted: false);
        TaskId b = graph.Add(wanted: false);
        TaskId[] consumers = [.. Enumerable.Range(0, Each).Select(i => graph.Add(i % 3 == 0 ? [a, b] : [i % 3 == 1 ? a : b]))];
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Finish(worker, a, b);

        Assert.All(consumers, task =>
            Assert.Contains(_bench.Machine.StateOf(task), new[] { TaskState.Queued, TaskState.Processing }));
    }

    [Fact]
    public void An_input_is_freed_when_its_last_consumers_finish_in_one_message()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId source = graph.Add(wanted: false);
        TaskId left = graph.Add([source], wanted: false);
        TaskId right = graph.Add([source], wanted: false);
        TaskId sum = graph.Add([left, right]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, source);

        _bench.Finish(worker, left, right);

        Assert.Equal([source], _bench.Freed(worker));
        Assert.Equal(TaskState.Released, _bench.Machine.StateOf(source));
        Assert.Equal(sum, _bench.Computed(worker).Last().Task);
    }

    [Fact]
    public void Inputs_are_freed_when_their_last_consumer_has_finished_and_nobody_wants_them()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId unwanted = graph.Add(wanted: false);
        TaskId wanted = graph.Add();
        TaskId sum = graph.Add([unwanted, wanted]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, unwanted, wanted);
        Assert.Empty(_bench.Freed(worker));

        _bench.Finish(worker, sum);

        Assert.Equal([unwanted], _bench.Freed(worker));
        Assert.Equal(TaskState.Released, _bench.Machine.StateOf(unwanted));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(wanted));
    }

    [Fact]
    public void Everything_is_forgotten_when_the_client_releases_it()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId a = graph.Add(wanted: false);
        TaskId b = graph.Add([a]);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, a);
        _bench.Finish(worker, b);

        _bench.Release(_bench.Client, b);

        Assert.Equal(0, _bench.Machine.TaskCount);
        Assert.Equal([a, b], _bench.Freed(worker));
    }

    [Fact]
    public void A_value_that_comes_with_the_message_is_passed_through_to_the_client_that_wants_it()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId a = graph.Add(wanted: false);
        TaskId b = graph.Add([a]);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal((byte)ComputeFlags.None, _bench.ToldTo<ComputeTasks>(worker).Last().Flags[0]);
        _bench.Finish(worker, a);
        Assert.Equal((byte)ComputeFlags.InlineResult, _bench.ToldTo<ComputeTasks>(worker).Last().Flags[0]);
        TasksFinished finished = new();
        finished.Tasks.Add(b);
        finished.Attempts.Add(1);
        finished.Bytes.Add(8);
        finished.DurationUs.Add(1);
        finished.InlineRows.Add(0);
        finished.InlineValues.Add([42]);

        _bench.Tell(worker, finished);

        TasksInMemory told = Assert.Single(_bench.ToldTo<TasksInMemory>(_bench.Client));
        Assert.Equal([42], told.InlineValues[0].ToArray());
        Assert.Equal(worker.Number, told.Holder[0]);
    }

    [Fact]
    public void A_late_result_of_an_old_attempt_is_ignored_and_freed()
    {
        SchedulerWorker lost = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker other = _bench.NewWorker();
        _bench.Lose(lost);
        Assert.Equal([(task, 2)], _bench.Computed(other));
        TasksFinished late = new();
        late.Tasks.Add(task);
        late.Attempts.Add(1);
        late.Bytes.Add(8);
        late.DurationUs.Add(1);

        _bench.Tell(other, late);

        Assert.Equal(TaskState.Processing, _bench.Machine.StateOf(task));
        Assert.Equal([task], _bench.Freed(other));
        _bench.Finish(other, task);
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(task));
    }

    [Fact]
    public void A_result_that_nobody_knows_is_freed()
    {
        SchedulerWorker worker = _bench.NewWorker();
        TasksFinished stray = new();
        stray.Tasks.Add(new TaskId(77, 3));
        stray.Attempts.Add(1);
        stray.Bytes.Add(8);
        stray.DurationUs.Add(1);

        _bench.Tell(worker, stray);

        Assert.Equal([new TaskId(77, 3)], _bench.Freed(worker));
    }

    [Fact]
    public void An_error_reaches_the_client_and_all_that_depends_on_the_task()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId a = graph.Add(wanted: false);
        TaskId b = graph.Add([a], wanted: false);
        TaskId c = graph.Add([b]);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Fail(worker, a, "no such file");

        Assert.Equal("no such file", _bench.ErrorOf(c).Message);
        Assert.Equal(TaskState.Erred, _bench.Machine.StateOf(b));
        _bench.Release(_bench.Client, c);
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void A_result_that_cannot_travel_takes_no_retry()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add(retries: 2);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Fail(worker, task, kind: TaskErrorKind.ResultNotSerializable);

        Assert.Equal(TaskState.Erred, _bench.Machine.StateOf(task));
        Assert.Single(_bench.Computed(worker));
    }

    [Fact]
    public void A_task_with_retries_is_run_again_after_it_has_thrown()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add(retries: 1);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.Fail(worker, task);
        Assert.Equal((task, 2), _bench.Computed(worker).Last());
        _bench.Fail(worker, task);

        Assert.Equal(TaskState.Erred, _bench.Machine.StateOf(task));
        Assert.Equal(2, _bench.Computed(worker).Count);
    }

    [Fact]
    public void A_task_that_depends_on_a_failed_one_fails_at_submission()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph first = new(1);
        TaskId failed = first.Add();
        _bench.Tell(_bench.Client, first.Message);
        _bench.Fail(worker, failed, "first");
        Graph second = new(2);
        TaskId dependent = second.Add([failed]);

        _bench.Tell(_bench.Client, second.Message);

        Assert.True(_bench.ReplyTo(2).Accepted);
        Assert.Equal("first", _bench.ErrorOf(dependent).Message);
    }

    [Fact]
    public void A_seceded_task_leaves_its_slot_to_others()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId[] tasks = [.. Enumerable.Range(0, 40).Select(_ => graph.Add())];
        _bench.Tell(_bench.Client, graph.Message);
        int given = _bench.Computed(worker).Count;
        Assert.True(given < 40);
        TasksSeceded seceded = new();
        seceded.Tasks.Add(tasks[0]);
        seceded.Attempts.Add(1);

        _bench.Tell(worker, seceded);

        Assert.Equal(given + 1, _bench.Computed(worker).Count);
        Assert.Equal(1, worker.SecededCount);

        seceded.Rejoined.Add(1);
        _bench.Tell(worker, seceded);

        Assert.Equal(0, worker.SecededCount);
        Assert.Equal(given + 1, worker.ActiveCount);
    }

    [Fact]
    public void Reports_of_a_running_task_reach_the_client_that_wants_it()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        TasksReported report = new();
        report.Tasks.Add(task);
        report.Reports.Add([1, 2, 3]);

        _bench.Tell(worker, report);

        Assert.Equal([1, 2, 3], Assert.Single(_bench.ToldTo<TasksReported>(_bench.Client)).Reports[0].ToArray());
    }
}
