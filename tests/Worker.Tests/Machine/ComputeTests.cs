using TaskGraph.Messages;
using TaskGraph.Worker.Machine;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace Worker.Tests.Machine;

public class ComputeTests
{
    [Fact]
    public void A_task_without_inputs_is_handed_to_the_executor_at_once()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        Assert.Equal(Executing, bed.State(1));
        Assert.Equal(1, bed.Count(InstructionKind.Execute));
    }

    [Fact]
    public void A_finished_task_is_stored_and_reported_with_its_attempt()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 4);
        bed.End(1);
        Assert.Equal(Memory, bed.State(1));
        Assert.Equal([MachineBed.T(1)], bed.Finished);
        Assert.Equal([4], bed.FinishedAttempts);
        Assert.Equal(1, bed.Count(InstructionKind.Store, 1));
        Assert.Equal(10, bed.Machine.StoredBytes);
    }

    [Fact]
    public void A_task_waits_until_its_function_is_loaded()
    {
        var bed = new MachineBed(isFunctionLoaded: false);
        bed.Compute(1);
        Assert.Equal(Waiting, bed.State(1));
        Assert.Equal(1, bed.Count(InstructionKind.RequestFunction));
        bed.FunctionLoaded();
        Assert.Equal(Executing, bed.State(1));
    }

    [Fact]
    public void Tasks_whose_function_cannot_be_loaded_fail_with_the_reason()
    {
        var bed = new MachineBed(isFunctionLoaded: false);
        bed.Compute(1);
        bed.FunctionFailed(MachineBed.SomeError());
        bed.Compute(2);
        Assert.Equal([MachineBed.T(1), MachineBed.T(2)], bed.Failed.Select(failed => failed.Task));
        Assert.All(bed.Failed, failed => Assert.NotEqual("", failed.Error.Key));
        Assert.Equal(0, bed.Machine.TaskCount);
    }

    [Fact]
    public void A_dependent_starts_when_its_local_input_is_here()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.End(1);
        bed.Compute(2, inputs: (1, []));
        Assert.Equal(Executing, bed.State(2));
        Assert.Empty(bed.Missing);
    }

    [Fact]
    public void Ready_tasks_start_by_priority_and_ties_last_in_first_out()
    {
        var bed = new MachineBed(threads: 1, depth: 1);
        bed.Compute(0);
        bed.Compute(1, priority: 5);
        bed.Compute(2, priority: 3);
        bed.Compute(3, priority: 3);
        bed.End(0);
        bed.End(3);
        bed.End(2);
        bed.End(1);
        Assert.Equal([0, 3, 2, 1], bed.Finished.Select(task => task.Index));
    }

    [Fact]
    public void No_more_tasks_are_handed_out_than_the_executor_has_places()
    {
        var bed = new MachineBed(threads: 2, depth: 2);
        for (var task = 0; task < 10; task++)
            bed.Compute(task);
        Assert.Equal(4, bed.Machine.CountOf(Executing));
        Assert.Equal(6, bed.Machine.CountOf(Ready));
    }

    [Fact]
    public void A_dispatch_of_a_value_that_is_here_is_answered_at_once_under_the_new_attempt()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 1);
        bed.End(1);
        bed.Compute(1, attempt: 2);
        Assert.Equal([1, 2], bed.FinishedAttempts);
        Assert.Equal(1, bed.Count(InstructionKind.Execute));
    }

    [Fact]
    public void A_dispatch_of_an_older_attempt_is_ignored()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 3);
        bed.Compute(1, attempt: 2);
        bed.End(1);
        Assert.Equal([3], bed.FinishedAttempts);
    }

    [Fact]
    public void A_later_dispatch_of_a_running_task_only_renames_the_attempt()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 1);
        bed.Compute(1, attempt: 2);
        bed.End(1);
        Assert.Equal([2], bed.FinishedAttempts);
        Assert.Equal(1, bed.Count(InstructionKind.Execute));
    }

    [Fact]
    public void A_failed_task_is_reported_and_forgotten()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.End(1, MachineBed.SomeError());
        Assert.Single(bed.Failed);
        Assert.Equal(0, bed.Machine.TaskCount);
        Assert.Equal(0, bed.Machine.OccupiedCount);
    }

    [Fact]
    public void A_failed_task_runs_again_when_it_is_dispatched_again()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 1);
        bed.End(1, MachineBed.SomeError());
        bed.Compute(1, attempt: 2);
        bed.End(1);
        Assert.Equal([2], bed.FinishedAttempts);
    }

    [Fact]
    public void A_seceded_task_frees_its_place_and_still_finishes()
    {
        var bed = new MachineBed(threads: 1, depth: 1);
        bed.Compute(1);
        bed.Compute(2);
        Assert.Equal(Ready, bed.State(2));
        bed.Secede(1);
        Assert.Equal(LongRunning, bed.State(1));
        Assert.Equal([MachineBed.T(1)], bed.Seceded);
        Assert.Equal(Executing, bed.State(2));
        bed.End(1);
        Assert.Equal(Memory, bed.State(1));
    }

    [Fact]
    public void A_task_that_holds_a_slot_again_counts_among_the_running_ones_and_says_so()
    {
        var bed = new MachineBed(threads: 1, depth: 1);
        bed.Compute(1);
        bed.Secede(1);
        bed.Rejoin(1);
        Assert.Equal(Executing, bed.State(1));
        Assert.Equal([MachineBed.T(1)], bed.Rejoined);
        bed.Compute(2);
        Assert.Equal(Ready, bed.State(2));
        bed.End(1);
        Assert.Equal(Executing, bed.State(2));
    }

    [Fact]
    public void A_thousand_finished_tasks_make_one_message()
    {
        var bed = new MachineBed(threads: 2, depth: 1000);
        var message = MachineBed.Message(0, 1, 0, []);
        for (var task = 1; task < 1000; task++)
            MachineBed.Add(message, task, 1, task, []);
        bed.Do(machine => machine.Handle(message, bed.NowUs));
        var outcomes = bed.Instructions
            .Where(instruction => instruction.Kind == InstructionKind.Execute)
            .Select(run => new RunOutcome { Row = run.Row, Serial = bed.Machine.Row(run.Row).Serial, Bytes = 1 })
            .ToArray();
        bed.Machine.Handle(outcomes, bed.NowUs);
        var messages = new List<Message>();
        bed.Machine.Outbox.Drain(messages);
        var finished = Assert.IsType<TasksFinished>(Assert.Single(messages));
        Assert.Equal(1000, finished.Tasks.Count);
    }

    [Fact]
    public void An_illegal_transition_tells_the_tasks_story()
    {
        var exception = new InvalidTransitionException(MachineBed.T(1), Memory, Executing, "  it was born");
        Assert.Contains("from Memory to Executing", exception.Message);
        Assert.Contains("it was born", exception.Message);
        Assert.False(TransitionTable.IsLegal(Memory, Executing));
    }
}
