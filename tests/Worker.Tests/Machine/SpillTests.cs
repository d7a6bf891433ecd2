using TaskGraph.Messages;
using TaskGraph.Worker.Machine;

namespace Worker.Tests.Machine;

/// <summary>Values beyond the target: each has 10 bytes, as ends of runs have in this bed.</summary>
public class SpillTests
{
    private readonly MachineBed _bed = new(threads: 1, depth: 4, options: Options(target: 25));
    private int _answered;

    [Fact]
    public void The_least_recently_used_values_go_to_disk_beyond_the_target()
    {
        Finish(1);
        Finish(2);
        Assert.Equal(0, _bed.Count(InstructionKind.Spill));
        Finish(3);
        Assert.Equal(1, _bed.Count(InstructionKind.Spill, 1));
        Assert.Equal(30, _bed.Machine.InMemoryBytes);
        Stored(1, StoreOutcome.Stored);
        Assert.Equal(1, _bed.Count(InstructionKind.Evict, 1));
        Assert.Equal(20, _bed.Machine.InMemoryBytes);
        Assert.Equal(30, _bed.Machine.StoredBytes);
    }

    [Fact]
    public void A_value_that_a_task_has_used_is_spilled_after_those_that_none_has()
    {
        Finish(1);
        Finish(2);
        _bed.Compute(3, inputs: (1, [0]));
        _bed.End(3);
        Assert.Equal(1, _bed.Count(InstructionKind.Spill, 2));
        Assert.Equal(0, _bed.Count(InstructionKind.Spill, 1));
    }

    [Fact]
    public void An_input_on_disk_is_loaded_before_the_task_runs()
    {
        SpillFirst();
        _bed.Compute(4, inputs: (1, [0]));
        Assert.Equal(0, _bed.Count(InstructionKind.Execute, 4));
        Assert.Equal(1, _bed.Count(InstructionKind.Load, 1));
        Loaded(1, isWhole: true);
        Assert.Equal(1, _bed.Count(InstructionKind.Execute, 4));
    }

    [Fact]
    public void A_value_that_was_loaded_is_not_written_again()
    {
        SpillFirst();
        _bed.Compute(4, inputs: (1, [0]));
        Loaded(1, isWhole: true);
        _bed.End(4);
        StoreAll();
        Finish(5);
        StoreAll();
        Finish(6);
        StoreAll();
        Assert.Equal(1, _bed.Count(InstructionKind.Spill, 1));
        Assert.Equal(2, _bed.Count(InstructionKind.Evict, 1));
    }

    [Fact]
    public void A_value_that_is_needed_while_it_is_written_stays_in_memory()
    {
        Finish(1);
        Finish(2);
        _bed.Do(machine => machine.Relieve(8, _bed.NowUs));
        _bed.Compute(4, inputs: (1, [0]));
        Assert.Equal(1, _bed.Count(InstructionKind.Execute, 4));
        Stored(1, StoreOutcome.Stored);
        Assert.Equal(0, _bed.Count(InstructionKind.Evict, 1));
    }

    [Fact]
    public void When_the_disk_is_full_the_value_stays_and_it_is_tried_again_later()
    {
        Finish(1);
        Finish(2);
        Finish(3);
        Stored(1, StoreOutcome.NoRoom);
        Assert.True(_bed.Machine.IsDiskFull);
        Assert.Equal(30, _bed.Machine.InMemoryBytes);
        Assert.Equal(1, _bed.Count(InstructionKind.Spill));
        Assert.True(_bed.Machine.NextWakeUs < long.MaxValue);
        _bed.Advance(_bed.Machine.Options.SpillPauseUs);
        Assert.Equal(2, _bed.Count(InstructionKind.Spill, 1));
        Stored(1, StoreOutcome.Stored);
        Assert.False(_bed.Machine.IsDiskFull);
    }

    [Fact]
    public void A_full_disk_is_forgotten_when_memory_has_room_again()
    {
        Finish(1);
        Finish(2);
        Finish(3);
        Stored(1, StoreOutcome.NoRoom);
        _bed.Free(2);
        Assert.False(_bed.Machine.IsDiskFull);
    }

    [Fact]
    public void A_full_disk_is_forgotten_when_nothing_that_is_left_can_be_written()
    {
        Finish(1);
        Finish(2);
        Finish(3);
        Stored(1, StoreOutcome.NotEncodable);
        Stored(2, StoreOutcome.NoRoom);
        Assert.True(_bed.Machine.IsDiskFull);
        _bed.Advance(_bed.Machine.Options.SpillPauseUs);
        Stored(2, StoreOutcome.NotEncodable);
        Stored(3, StoreOutcome.NotEncodable);
        Assert.Equal(30, _bed.Machine.InMemoryBytes);
        Assert.False(_bed.Machine.IsDiskFull, "or it pauses for ever");
    }

    [Fact]
    public void A_value_that_cannot_be_encoded_is_left_in_memory_and_others_go()
    {
        Finish(1);
        Finish(2);
        Finish(3);
        Stored(1, StoreOutcome.NotEncodable);
        Assert.Equal(1, _bed.Count(InstructionKind.Spill, 2));
        Stored(2, StoreOutcome.Stored);
        Finish(4);
        Assert.Equal(1, _bed.Count(InstructionKind.Spill, 1));
        Assert.Equal(1, _bed.Count(InstructionKind.Spill, 3));
    }

    [Fact]
    public void A_value_whose_file_is_damaged_is_reported_and_the_task_that_needs_it_waits()
    {
        SpillFirst();
        _bed.Compute(4, inputs: [(1, [0]), (2, [0])]);
        Loaded(1, isWhole: false);
        Assert.Equal(WorkerTaskState.Waiting, _bed.State(4));
        Assert.Equal(WorkerTaskState.Missing, _bed.State(1));
        Assert.Contains(_bed.Missing, missing => missing == (MachineBed.T(1), 0, true));
        Assert.Equal(1, _bed.Count(InstructionKind.Drop, 1));
        _bed.Refresh(1, 2);
        _bed.Answer(_bed.LastRequest(), FetchStatus.Found);
        StoreAll();
        Assert.Equal(1, _bed.Count(InstructionKind.Execute, 4));
    }

    [Fact]
    public void A_damaged_value_that_no_task_here_needs_is_reported_as_removed()
    {
        SpillFirst();
        _bed.Do(machine => machine.Damaged(MachineBed.T(1), _bed.NowUs));
        Assert.Equal(WorkerTaskState.Forgotten, _bed.State(1));
        Assert.Equal([MachineBed.T(1)], _bed.Removed);
    }

    [Fact]
    public void What_is_freed_while_it_is_written_leaves_a_file_of_no_use()
    {
        Finish(1);
        Finish(2);
        Finish(3);
        var spill = _bed.Last(InstructionKind.Spill, 1);
        _bed.Free(1);
        var isOfUse = true;
        _bed.Do(machine => isOfUse = machine.Stored(spill.Row, spill.Index, StoreOutcome.Stored, _bed.NowUs));
        Assert.False(isOfUse);
        Assert.Equal(0, _bed.Machine.StoringCount);
    }

    [Fact]
    public void Tasks_are_not_handed_out_while_their_inputs_would_fill_the_memory()
    {
        var bed = new MachineBed(threads: 1, depth: 8, options: Options(target: 600));
        for (var task = 1; task <= 46; task++)
        {
            bed.Compute(task);
            bed.End(task, bytes: task <= 6 ? 90 : 1);
        }

        for (var task = 1; task <= 6; task++)
            bed.Compute(100 + task, inputs: (task, [0]));
        Assert.Equal(3, bed.Count(InstructionKind.Execute) - 46);
        bed.End(101);
        Assert.Equal(4, bed.Count(InstructionKind.Execute) - 46);
    }

    [Fact]
    public void While_the_disk_is_behind_nothing_more_is_started()
    {
        Finish(1);
        Finish(2);
        Finish(3);
        _bed.Compute(4);
        Assert.Equal(0, _bed.Count(InstructionKind.Execute, 4));
        Stored(1, StoreOutcome.Stored);
        Assert.Equal(1, _bed.Count(InstructionKind.Execute, 4));
    }

    [Fact]
    public void Tasks_handed_out_ahead_are_taken_back_when_results_turn_out_to_be_large()
    {
        var bed = new MachineBed(threads: 1, depth: 64, options: Options(target: 1000));
        for (var task = 1; task <= 60; task++)
        {
            bed.Compute(task);
            bed.End(task, bytes: 1);
        }

        for (var task = 101; task <= 120; task++)
            bed.Compute(task);
        Assert.Equal(80, bed.Count(InstructionKind.Execute));
        bed.End(101, bytes: 300);
        Assert.Equal(19, bed.Count(InstructionKind.TakeBack));
    }

    [Fact]
    public void A_task_that_found_no_memory_runs_once_more_alone_when_the_values_are_on_disk()
    {
        Finish(1);
        Finish(2);
        _bed.Compute(3);
        _bed.End(3, OutOfMemory());
        Assert.Empty(_bed.Failed);
        StoreAll();
        Assert.Equal(0, _bed.Machine.InMemoryBytes);
        Assert.Equal(2, _bed.Count(InstructionKind.Execute, 3));
        _bed.End(3, OutOfMemory());
        Assert.Equal(MachineBed.T(3), _bed.Failed[0].Task);
    }

    [Fact]
    public void A_task_that_found_no_memory_although_nothing_was_in_its_way_fails()
    {
        _bed.Compute(3);
        _bed.End(3, OutOfMemory());
        Assert.Equal(MachineBed.T(3), _bed.Failed[0].Task);
    }

    [Fact]
    public void In_a_pause_nothing_starts_or_is_fetched_and_what_has_not_started_is_taken_back()
    {
        _bed.Compute(1);
        _bed.Do(machine => machine.Pause(true, _bed.NowUs));
        _bed.AnswerTakeBack(1, accepted: true);
        _bed.Compute(2);
        _bed.Compute(3, inputs: (9, [1]));
        Assert.Equal(WorkerTaskState.Ready, _bed.State(1));
        Assert.Equal(WorkerTaskState.Ready, _bed.State(2));
        Assert.Equal(WorkerTaskState.Fetch, _bed.State(9));
        _bed.Do(machine => machine.Pause(false, _bed.NowUs));
        Assert.Equal(WorkerTaskState.Executing, _bed.State(1));
        Assert.Equal(WorkerTaskState.Flight, _bed.State(9));
    }

    [Fact]
    public void Process_memory_beyond_the_limit_spills_below_the_target()
    {
        Finish(1);
        Finish(2);
        _bed.Do(machine => machine.Relieve(8, _bed.NowUs));
        Assert.Equal(1, _bed.Count(InstructionKind.Spill, 1));
        Assert.Equal(0, _bed.Count(InstructionKind.Spill, 2));
    }

    [Fact]
    public void A_value_smaller_than_a_file_is_worth_stays()
    {
        var bed = new MachineBed(options: new WorkerMachineOptions { TargetBytes = 5, LeastSpilledBytes = 11 });
        bed.Compute(1);
        bed.End(1);
        Assert.Equal(0, bed.Count(InstructionKind.Spill));
    }

    private static WorkerMachineOptions Options(long target) =>
        new() { TargetBytes = target, LeastSpilledBytes = 1, MaxStoring = 1 };

    private void SpillFirst()
    {
        Finish(1);
        Finish(2);
        Finish(3);
        Stored(1, StoreOutcome.Stored);
    }

    private void Finish(int task)
    {
        _bed.Compute(task);
        _bed.End(task);
    }

    /// <summary>The disk keeps up: whatever is asked for is written.</summary>
    private void StoreAll()
    {
        for (; _answered < _bed.Instructions.Count; _answered++)
        {
            var (kind, ticket, row, _) = _bed.Instructions[_answered];
            if (kind == InstructionKind.Spill && _bed.Machine.Row(row) is { Residence: Residence.Storing } value && value.Ticket == ticket)
                _bed.Do(machine => machine.Stored(row, ticket, StoreOutcome.Stored, _bed.NowUs));
        }
    }

    private static TaskError OutOfMemory() => MachineBed.SomeError() with { Kind = TaskErrorKind.OutOfMemory };

    private void Stored(int task, StoreOutcome outcome)
    {
        var spill = _bed.Last(InstructionKind.Spill, task);
        _bed.Do(machine => machine.Stored(spill.Row, spill.Index, outcome, _bed.NowUs));
    }

    private void Loaded(int task, bool isWhole)
    {
        var load = _bed.Last(InstructionKind.Load, task);
        _bed.Do(machine => machine.Loaded(load.Row, load.Index, isWhole, _bed.NowUs));
    }
}
