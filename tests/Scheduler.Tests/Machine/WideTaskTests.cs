using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>Tasks with more inputs than one message may name.</summary>
public class WideTaskTests
{
    private const int Sources = 20_000;

    private readonly MachineBench _bench = new();

    [Fact]
    public void A_task_with_twenty_thousand_inputs_reaches_its_worker_in_parts_that_are_complete_and_in_order()
    {
        SchedulerWorker worker = _bench.NewWorker();
        RegisterSources();
        (SubmitTasks ahead, SubmitTasks last) = Wide(2, KeyForm.Unique);

        _bench.Tell(_bench.Client, ahead);
        Assert.Empty(_bench.Computed(worker));
        _bench.Tell(_bench.Client, last);

        Assert.True(_bench.ReplyTo(2).Accepted);
        ComputeInputs[] parts = [.. _bench.ToldTo<ComputeInputs>(worker)];
        ComputeTasks compute = _bench.ToldTo<ComputeTasks>(worker).Single();
        Assert.Equal([0, OutboxLimits.Default.MaxInputs], parts.Select(part => part.FirstInput));
        Assert.All(parts, part => Assert.Equal((new TaskId(2, 0), 1), (part.Task, part.Attempt)));
        Assert.Equal(2 * OutboxLimits.Default.MaxInputs, compute.InputsBefore[0]);
        Assert.Equal(
            Enumerable.Range(0, Sources),
            parts.SelectMany(part => part.Dependencies.Span.ToArray())
                .Concat(compute.Dependencies.Span.ToArray()).Select(input => input.Index));
        int told = _bench.ToldTo(worker).FindIndex(message => message is ComputeTasks);
        Assert.True(_bench.ToldTo(worker).FindLastIndex(message => message is ComputeInputs) < told);
    }

    [Fact]
    public void Inputs_collected_in_parts_are_the_same_as_at_once_and_no_message_is_made_for_each()
    {
        int inputCount = 20 * OutboxLimits.Default.MaxInputs;
        SchedulerWorker worker = new(MachineBench.HelloOf("w"), number: 0, OutboxLimits.Default);
        WorkerOutbox outbox = worker.Outbox;
        outbox.WriteLater(
            new PendingInputs(Task: 0, new TaskId(1, 0), Attempt: 1, inputCount),
            (_, first, _, message) => message.HolderEnds.Add(first));
        outbox.Compute(0, 0).Tasks.Add(new TaskId(1, 0));
        HashSet<Message> messages = [];
        List<int> firstInputs = [];
        List<Message> part = [];

        for (bool isMore = true; isMore; part.Clear())
        {
            isMore = worker.CollectPart(part);
            messages.UnionWith(part);
            foreach (ComputeInputs inputs in part.OfType<ComputeInputs>())
            {
                Assert.Equal([inputs.FirstInput], inputs.HolderEnds.Span.ToArray());
                firstInputs.Add(inputs.FirstInput);
            }

            Assert.Equal(!isMore, part.Any(message => message is ComputeTasks));
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * OutboxLimits.Default.MaxInputs), firstInputs);
        Assert.InRange(messages.Count, 2, 16);
    }

    [Theory]
    [InlineData(KeyForm.Unique)]
    [InlineData(KeyForm.Hashed)]
    public void A_submission_that_begins_anew_after_a_reconnect_has_its_inputs_once(KeyForm form)
    {
        SchedulerWorker worker = _bench.NewWorker();
        RegisterSources();
        (SubmitTasks ahead, SubmitTasks last) = Wide(2, form);

        _bench.Tell(_bench.Client, ahead);
        _bench.Tell(_bench.Client, ahead);
        _bench.Tell(_bench.Client, last);

        Assert.True(_bench.ReplyTo(2).Accepted);
        ComputeTasks compute = _bench.ToldTo<ComputeTasks>(worker).Single();
        Assert.Equal(Sources, compute.InputsBefore[0] + compute.Dependencies.Count);
    }

    [Theory]
    [InlineData(KeyForm.Unique)]
    [InlineData(KeyForm.Named)]
    public void A_submission_that_lacks_inputs_sent_ahead_is_refused_and_leaves_nothing(KeyForm form)
    {
        RegisterSources();
        (_, SubmitTasks last) = Wide(2, form);

        _bench.Tell(_bench.Client, last);

        Assert.False(_bench.ReplyTo(2).Accepted);
        Assert.Equal(Sources, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Inputs_ahead_of_a_task_that_never_comes_are_refused()
    {
        RegisterSources();
        (SubmitTasks ahead, _) = Wide(2, KeyForm.Unique);
        ahead.IsLast = true;

        _bench.Tell(_bench.Client, ahead);

        Assert.False(_bench.ReplyTo(2).Accepted);
        Assert.Contains("task 0", _bench.ReplyTo(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_ahead_may_name_tasks_that_come_later()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SubmitTasks ahead = new() { Submission = 3, KeyForm = KeyForm.Unique };
        ahead.InputsAhead.Add(new TaskId(3, 1));
        Graph rest = new(3);
        TaskId late = rest.Add([new TaskId(3, 2)]);
        rest.Message.InputsBefore = 1;
        rest.Add(wanted: false);
        rest.Add(wanted: false);

        _bench.Tell(_bench.Client, ahead);
        _bench.Tell(_bench.Client, rest.Message);
        _bench.Finish(worker, new TaskId(3, 1), new TaskId(3, 2));

        Assert.Contains((late, 1), _bench.Computed(worker));
        Assert.Equal(
            [new TaskId(3, 1), new TaskId(3, 2)],
            _bench.ToldTo<ComputeTasks>(worker).Last().Dependencies.Span.ToArray());
    }

    [Fact]
    public void The_rows_of_a_submission_whose_client_leaves_in_the_middle_go_with_it()
    {
        Graph first = new(1);
        first.Add();
        first.Message.IsLast = false;
        SchedulerClient other = _bench.NewClient();
        _bench.Define(MachineBench.Function, "Inc");

        _bench.Tell(other, first.Message);
        Assert.Equal(1, _bench.Machine.TaskCount);
        _bench.Tell(other, new Goodbye());

        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void The_tasks_of_a_large_submission_are_taken_in_chunk_by_chunk()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph first = new(1);
        TaskId a = first.Add(wanted: false);
        first.Message.IsLast = false;
        Graph second = new(1);
        second.Message.FirstIndex = 1;
        TaskId b = second.Add([a, new TaskId(1, 2)]);
        second.Message.IsLast = false;
        Graph third = new(1);
        third.Message.FirstIndex = 2;
        third.Add([a], wanted: false);

        _bench.Tell(_bench.Client, first.Message);
        Assert.Equal(1, _bench.Machine.TaskCount);
        _bench.Tell(_bench.Client, second.Message);
        Assert.Equal(2, _bench.Machine.TaskCount);
        Assert.Empty(_bench.Computed(worker));
        _bench.Tell(_bench.Client, third.Message);
        _bench.Finish(worker, a);
        _bench.Finish(worker, new TaskId(1, 2));

        Assert.Equal([a, new TaskId(1, 2), b], _bench.Computed(worker).Select(run => run.Task));
    }

    [Fact]
    public void A_worker_is_not_blamed_for_silence_while_the_scheduler_was_held_up()
    {
        SchedulerWorker worker = _bench.NewWorker();

        _bench.Machine.WasHeldUp(20_000_000);
        _bench.Advance(20_000_000);

        Assert.Equal(WorkerStatus.Running, worker.Status);
    }

    private void RegisterSources()
    {
        if (_bench.Machine.WorkerCount == 0)
            _bench.NewWorker();
        RegisterData data = new() { Submission = 1 };
        for (int i = 0; i < Sources; i++)
        {
            data.Workers.Add(0);
            data.Bytes.Add(i);
        }

        _bench.Tell(_bench.Client, data);
    }

    private static (SubmitTasks Ahead, SubmitTasks Last) Wide(ulong submission, KeyForm form)
    {
        const int Ahead = 15_000;
        SubmitTasks ahead = new() { Submission = submission, KeyForm = form };
        for (int i = 0; i < Ahead; i++)
            ahead.InputsAhead.Add(new TaskId(1, i));
        Graph last = new(submission, form);
        last.Add([.. Enumerable.Range(Ahead, Sources - Ahead).Select(i => new TaskId(1, i))], key: "wide");
        last.Message.InputsBefore = Ahead;
        return (ahead, last.Message);
    }
}
