using TaskGraph.Messages;
using TaskGraph.Worker.Machine;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace Worker.Tests.Machine;

public class ReleaseTests
{
    [Fact]
    public void A_freed_value_is_dropped()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.End(1);
        bed.Free(1);
        Assert.Equal(1, bed.Count(InstructionKind.Drop, 1));
        Assert.Equal(0, bed.Machine.TaskCount);
        Assert.Equal(0, bed.Machine.StoredBytes);
    }

    [Fact]
    public void A_numbered_free_is_confirmed_even_if_nothing_was_there()
    {
        var bed = new MachineBed();
        var free = new FreeTasks { Number = 3 };
        free.Tasks.Add(MachineBed.T(1));
        free.Attempts.Add(0);
        bed.Do(machine => machine.Handle(free, bed.NowUs));
        Assert.Equal(3, bed.LastFree);
        Assert.Empty(bed.Replicas);
    }

    [Fact]
    public void A_worker_that_comes_back_says_the_highest_attempt_that_it_knows_even_of_cancelled_runs()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 2);
        bed.Compute(2, attempt: 5);
        bed.Free(2, attempt: 5);
        Assert.Equal(Cancelled, bed.State(2));
        List<Message> inventory = [];
        bed.Do(machine => machine.Rejoin(9, inventory, bed.NowUs));
        Assert.Equal(5, Assert.IsType<WorkerInventory>(Assert.Single(inventory)).HighestAttempt);
    }

    [Fact]
    public void A_free_of_an_older_attempt_keeps_the_value()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 5);
        bed.End(1);
        bed.Free(1, attempt: 4);
        Assert.Equal(Memory, bed.State(1));
    }

    [Fact]
    public void What_was_added_before_a_free_is_not_told_as_added_after_it()
    {
        var outbox = new WorkerOutbox();
        outbox.Added.Tasks.Add(MachineBed.T(1));
        outbox.Added.Bytes.Add(8);
        outbox.Freed(1);
        outbox.Added.Tasks.Add(MachineBed.T(2));
        outbox.Added.Bytes.Add(8);
        outbox.Freed(2);

        List<Message> said = [];
        outbox.Drain(said);
        Assert.Equal([(1, 0), (1, 1), (0, 2)], said.Cast<ReplicasAdded>().Select(added => (added.Tasks.Count, added.LastFree)));
        outbox.ClearMessages();
        said.Clear();
        outbox.Drain(said);
        Assert.Empty(said);
        Assert.Equal(2, outbox.Added.LastFree);
    }

    [Fact]
    public void A_value_that_is_there_already_as_a_copy_stays_when_its_run_is_aborted()
    {
        var bed = new MachineBed();
        bed.Put(1);
        bed.Compute(1, attempt: 2);
        bed.Abort(1, attempt: 2);
        Assert.Equal(Memory, bed.State(1));
        bed.Free(1, attempt: 2);
        Assert.Equal(0, bed.Machine.TaskCount);
    }

    [Fact]
    public void A_value_put_by_a_client_that_has_gone_is_offered_to_the_scheduler_after_a_while()
    {
        var bed = new MachineBed();
        bed.Do(machine => machine.Put(MachineBed.T(1), bytes: 8, bed.NowUs));
        bed.Do(machine => machine.PutterGone([MachineBed.T(1), MachineBed.T(2)], bed.NowUs));
        Assert.Empty(bed.Replicas);
        bed.Advance(bed.Machine.NextWakeUs - bed.NowUs);
        Assert.Equal([MachineBed.T(1)], bed.Replicas);
        bed.Free(1);
        Assert.Equal(0, bed.Machine.TaskCount);
    }

    /// <summary>Found by a simulated run: the scheduler counted on a copy that was about to go.</summary>
    [Fact]
    public void A_value_that_was_freed_and_stays_for_a_running_task_only_is_not_offered()
    {
        var bed = new MachineBed();
        bed.Do(machine => machine.Put(MachineBed.T(1), bytes: 8, bed.NowUs));
        bed.Do(machine => machine.PutterGone([MachineBed.T(1)], bed.NowUs));
        bed.Compute(2, inputs: (1, []));
        bed.Free(1);
        bed.Advance(bed.Machine.NextWakeUs - bed.NowUs);
        Assert.Empty(bed.Replicas);
        bed.End(2);
        Assert.Equal(1, bed.Count(InstructionKind.Drop, 1));
    }

    [Fact]
    public void An_input_of_a_running_task_stays_until_the_run_has_ended()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.End(1);
        bed.Compute(2, inputs: (1, []));
        bed.Free(1);
        Assert.Equal(0, bed.Count(InstructionKind.Drop));
        bed.End(2);
        Assert.Equal(1, bed.Count(InstructionKind.Drop, 1));
    }

    [Fact]
    public void A_freed_value_that_is_needed_again_while_it_is_pinned_is_announced_again()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.End(1);
        bed.Compute(2, inputs: (1, []));
        bed.Free(1);
        bed.Compute(3, inputs: (1, [2]));
        bed.End(2);
        bed.End(3);
        Assert.Equal([MachineBed.T(1)], bed.Replicas);
        Assert.Equal(Memory, bed.State(1));
    }

    [Fact]
    public void The_late_result_of_a_task_that_was_aborted_while_it_ran_is_thrown_away()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.Abort(1);
        Assert.Equal(Cancelled, bed.State(1));
        Assert.Equal(1, bed.Count(InstructionKind.CancelRun, 1));
        bed.End(1);
        Assert.Empty(bed.Finished);
        Assert.Equal(0, bed.Count(InstructionKind.Store));
        Assert.Equal(0, bed.Machine.TaskCount);
    }

    [Fact]
    public void The_late_error_of_a_task_that_was_aborted_is_not_reported()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.Secede(1);
        bed.Abort(1);
        bed.End(1, MachineBed.SomeError());
        Assert.Empty(bed.Failed);
        Assert.Equal(0, bed.Machine.TaskCount);
    }

    [Fact]
    public void A_task_dispatched_again_while_its_cancelled_run_goes_on_runs_anew_after_it()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 1);
        var first = bed.LastRun(1);
        bed.Abort(1, attempt: 1);
        bed.Compute(1, attempt: 2);
        Assert.Equal(Resumed, bed.State(1));
        bed.End(first);
        Assert.Equal(Executing, bed.State(1));
        Assert.Empty(bed.Finished);
        bed.End(1);
        Assert.Equal([2], bed.FinishedAttempts);
    }

    [Fact]
    public void A_task_needed_as_input_while_its_cancelled_run_goes_on_is_fetched_after_it()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.Abort(1);
        bed.Compute(2, inputs: (1, [2]));
        Assert.Equal(Resumed, bed.State(1));
        bed.End(1);
        Assert.Equal(Flight, bed.State(1));
        bed.Answer(bed.LastRequest(), FetchStatus.Found);
        Assert.Equal(Executing, bed.State(2));
    }

    [Fact]
    public void An_unstarted_task_is_given_back()
    {
        var bed = new MachineBed(threads: 1, depth: 1);
        bed.Compute(1);
        bed.Compute(2);
        bed.Retract(2);
        Assert.Equal([(MachineBed.T(2), true)], bed.Retracted);
        Assert.Equal(Forgotten, bed.State(2));
    }

    [Fact]
    public void A_task_that_waits_in_the_executor_is_given_back_if_the_executor_lets_it_go()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.Retract(1);
        Assert.Empty(bed.Retracted);
        bed.AnswerTakeBack(1, accepted: true);
        Assert.Equal([(MachineBed.T(1), true)], bed.Retracted);
        Assert.Equal(0, bed.Machine.OccupiedCount);
    }

    [Fact]
    public void A_task_dispatched_anew_while_the_executor_gives_it_back_runs_here_after_all()
    {
        var bed = new MachineBed();
        bed.Compute(1, attempt: 1);
        bed.Retract(1, attempt: 1);
        bed.Compute(1, attempt: 2);
        bed.AnswerTakeBack(1, accepted: true);
        Assert.Equal(Executing, bed.State(1));
        bed.End(1);
        Assert.Equal([2], bed.FinishedAttempts);
        Assert.Empty(bed.Retracted);
    }

    [Fact]
    public void A_task_that_runs_is_not_given_back()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.Retract(1);
        bed.AnswerTakeBack(1, accepted: false);
        Assert.Equal([(MachineBed.T(1), false)], bed.Retracted);
        bed.End(1);
        Assert.Equal(Memory, bed.State(1));
    }

    [Fact]
    public void A_retract_of_another_attempt_or_of_an_unknown_task_is_declined()
    {
        var bed = new MachineBed(threads: 1, depth: 1);
        bed.Compute(1);
        bed.Compute(2, attempt: 3);
        bed.Retract(2, attempt: 2);
        bed.Retract(9);
        Assert.All(bed.Retracted, answer => Assert.False(answer.Accepted));
        Assert.Equal(Ready, bed.State(2));
    }

    [Fact]
    public void A_task_retracted_and_aborted_in_one_turn_is_gone()
    {
        var bed = new MachineBed();
        bed.Compute(1);
        bed.Retract(1);
        bed.Abort(1);
        bed.AnswerTakeBack(1, accepted: true);
        Assert.Equal(0, bed.Machine.TaskCount);
        Assert.Equal(0, bed.Machine.OccupiedCount);
    }

    [Fact]
    public void An_aborted_task_in_wait_leaves_nothing_behind()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        bed.Answer(bed.LastRequest(), FetchStatus.Busy);
        bed.Abort(2);
        Assert.Equal(0, bed.Machine.TaskCount);
    }
}
