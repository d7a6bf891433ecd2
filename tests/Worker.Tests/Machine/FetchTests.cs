using TaskGraph.Worker.Machine;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace Worker.Tests.Machine;

public class FetchTests
{
    [Fact]
    public void An_input_elsewhere_is_fetched_kept_and_announced_as_replica()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        Assert.Equal(Flight, bed.State(1));
        Assert.Equal("tcp://w3:1", bed.LastRequest().Peer.Address);
        bed.Answer(bed.LastRequest(), FetchStatus.Found);
        Assert.Equal(Memory, bed.State(1));
        Assert.Equal([MachineBed.T(1)], bed.Replicas);
        Assert.Equal(Executing, bed.State(2));
    }

    [Fact]
    public void Inputs_at_one_peer_are_asked_for_together()
    {
        var bed = new MachineBed();
        var inputs = Enumerable.Range(100, 10).Select(task => (task, new[] { 3 })).ToArray();
        bed.Compute(1, inputs: inputs);
        Assert.Equal(10, bed.LastRequest().Tasks.Count);
        Assert.Equal(1, bed.Count(InstructionKind.StartFetch));
    }

    [Fact]
    public void A_request_holds_no_more_keys_and_bytes_than_allowed()
    {
        var byKeys = new MachineBed(options: new WorkerMachineOptions { MaxRequestKeys = 4 });
        byKeys.Compute(1, inputs: [.. Enumerable.Range(100, 10).Select(task => (task, new[] { 3 }))]);
        Assert.Equal(4, byKeys.LastRequest().Tasks.Count);

        var byBytes = new MachineBed(options: new WorkerMachineOptions { MaxRequestBytes = 250 });
        byBytes.Compute(1, inputs: [.. Enumerable.Range(100, 10).Select(task => (task, new[] { 3 }))]);
        Assert.Equal(2, byBytes.LastRequest().Tasks.Count);
        byBytes.Answer(byBytes.LastRequest(), FetchStatus.Found);
        Assert.Equal(2, byBytes.Count(InstructionKind.StartFetch));
    }

    [Fact]
    public void A_fetch_fails_over_to_another_holder_when_the_peer_cannot_be_reached()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [1, 2]));
        var first = bed.LastRequest();
        bed.Answer(first, FetchStatus.Unreachable);
        var second = bed.LastRequest();
        Assert.NotEqual(first.Peer.Number, second.Peer.Number);
        Assert.Empty(bed.Missing);
        bed.Answer(second, FetchStatus.Found);
        Assert.Equal(Executing, bed.State(2));
    }

    [Fact]
    public void A_holder_that_has_not_got_the_value_is_reported_as_gone_and_the_next_one_asked()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [1, 2]));
        var first = bed.LastRequest();
        bed.Answer(first, FetchStatus.Missing);
        Assert.Equal([(MachineBed.T(1), first.Peer.Number, true)], bed.Missing);
        Assert.Equal(Flight, bed.State(1));
    }

    [Fact]
    public void When_no_holder_is_left_the_scheduler_is_asked_and_its_answer_taken()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        bed.Answer(bed.LastRequest(), FetchStatus.Unreachable);
        Assert.Equal(Missing, bed.State(1));
        Assert.Equal([(MachineBed.T(1), 3, false)], bed.Missing);
        bed.Refresh(1);
        Assert.Equal(Missing, bed.State(1));
        bed.Refresh(1, 2);
        Assert.Equal(Flight, bed.State(1));
        Assert.Equal(2, bed.LastRequest().Peer.Number);
    }

    [Fact]
    public void All_that_was_to_come_from_an_unreachable_peer_is_sought_elsewhere_at_once()
    {
        var bed = new MachineBed(options: new WorkerMachineOptions { MaxRequestKeys = 1 });
        bed.Compute(9, inputs: [(1, [3]), (2, [3]), (4, [3])]);

        bed.Answer(bed.LastRequest(), FetchStatus.Unreachable);

        Assert.Equal(3, bed.Missing.Count);
        Assert.All([1, 2, 4], task => Assert.Equal(WorkerTaskState.Missing, bed.State(task)));
    }

    [Fact]
    public void An_unreachable_peer_is_left_alone_for_a_while()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        bed.Answer(bed.LastRequest(), FetchStatus.Unreachable);
        bed.Refresh(1, 3);
        Assert.Equal(Fetch, bed.State(1));
        Assert.True(bed.Machine.NextWakeUs < long.MaxValue);
        bed.Advance(bed.Machine.NextWakeUs - bed.NowUs);
        Assert.Equal(Flight, bed.State(1));
    }

    [Fact]
    public void A_busy_peer_is_asked_again_after_a_pause()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        bed.Answer(bed.LastRequest(), FetchStatus.Busy);
        Assert.Equal(Fetch, bed.State(1));
        bed.Advance(150_000);
        Assert.Equal(Flight, bed.State(1));
        Assert.Empty(bed.Missing);
    }

    [Fact]
    public void When_a_holder_leaves_the_cluster_what_only_it_held_is_missing()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        bed.Answer(bed.LastRequest(), FetchStatus.Busy);
        bed.Left(3);
        Assert.Equal(Missing, bed.State(1));
        Assert.Single(bed.Missing);
    }

    [Fact]
    public void A_transfer_nobody_needs_any_more_is_thrown_away_on_arrival()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        var request = bed.LastRequest();
        bed.Abort(2);
        Assert.Equal(Cancelled, bed.State(1));
        bed.Answer(request, FetchStatus.Found);
        Assert.Equal(0, bed.Machine.TaskCount);
        Assert.Equal(0, bed.Count(InstructionKind.Store));
    }

    [Fact]
    public void A_transfer_needed_again_before_it_ends_is_used()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        var request = bed.LastRequest();
        bed.Abort(2);
        bed.Compute(4, inputs: (1, [3]));
        Assert.Equal(Flight, bed.State(1));
        bed.Answer(request, FetchStatus.Found);
        Assert.Equal(Executing, bed.State(4));
        Assert.Equal(1, bed.Count(InstructionKind.StartFetch));
    }

    [Fact]
    public void A_task_dispatched_while_its_value_is_in_flight_is_answered_by_the_value()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        bed.Compute(1, attempt: 6);
        Assert.Equal(Resumed, bed.State(1));
        bed.Answer(bed.LastRequest(), FetchStatus.Found);
        Assert.Equal([6], bed.FinishedAttempts);
        Assert.Equal(Executing, bed.State(2));
    }

    [Fact]
    public void A_task_dispatched_while_its_value_is_in_flight_runs_if_the_transfer_fails()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, [3]));
        bed.Compute(1, attempt: 6);
        bed.Answer(bed.LastRequest(), FetchStatus.Unreachable);
        Assert.Equal(Executing, bed.State(1));
        bed.End(1);
        Assert.Equal(Executing, bed.State(2));
    }

    [Fact]
    public void An_input_that_the_scheduler_wrongly_believes_here_is_reported_missing()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, []));
        Assert.Equal([(MachineBed.T(1), 0, true)], bed.Missing);
        Assert.Equal(Missing, bed.State(1));
    }

    [Fact]
    public void A_value_put_by_a_client_wakes_the_tasks_that_wait_for_it()
    {
        var bed = new MachineBed();
        bed.Compute(2, inputs: (1, []));
        bed.Put(1);
        Assert.Equal(Executing, bed.State(2));
    }
}
