using TaskGraph.Messages;

namespace Scheduler.Tests.Machine.Coordination;

public class LeaseTests
{
    private readonly CoordinationBench _bench = new();

    [Fact]
    public void Those_who_wait_for_a_lock_get_it_in_the_order_of_their_coming()
    {
        ulong a = _bench.Lock(_bench.A);
        ulong c = _bench.Lock(_bench.C);
        ulong b = _bench.Lock(_bench.B);
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.A, a));
        Assert.Null(_bench.OutcomeOf(_bench.C, c));

        Release(_bench.Reply(_bench.A, a)!.Token);
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.C, c));
        Assert.Null(_bench.OutcomeOf(_bench.B, b));
        Assert.True(_bench.Reply(_bench.C, c)!.Token > _bench.Reply(_bench.A, a)!.Token);
    }

    [Fact]
    public void A_lease_that_is_not_renewed_ends_and_its_token_is_refused()
    {
        ulong first = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        ulong waiting = _bench.Lock(_bench.B);
        _bench.Machine.Advance(31 * CoordinationBench.Second);

        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, waiting));
        Assert.Equal([first], _bench.Renew(_bench.A, first));
        Assert.Equal(SharedOutcome.LeaseLost, Release(first));
        Assert.Equal(1, _bench.Table.LeaseCount);
        Assert.Contains(_bench.Machine.Effects, effect => effect.Text.Contains("was not renewed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_grant_that_is_heard_of_after_its_lease_has_ended_is_another_lease()
    {
        ulong request = _bench.Lock(_bench.A);
        ulong first = _bench.Reply(_bench.A, request)!.Token;
        _bench.Machine.Advance(31 * CoordinationBench.Second);
        ulong other = _bench.Lock(_bench.B);

        CoordinationCall again = new()
        {
            RequestId = request,
            Target = SharedKind.Lock,
            Operation = SharedOperation.Acquire,
            Name = "x",
            LeaseMs = 30_000,
        };
        _bench.Machine.Tell(_bench.A, again);
        Assert.Equal(first, _bench.Reply(_bench.A, request)!.Token);
        _bench.Machine.Tell(_bench.B, new Goodbye());

        Assert.True(_bench.Reply(_bench.A, request)!.Token > _bench.Reply(_bench.B, other)!.Token);
    }

    [Fact]
    public void A_renewed_lease_outlives_its_first_deadline()
    {
        ulong token = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        ulong waiting = _bench.Lock(_bench.B);
        for (int i = 0; i < 5; i++)
        {
            _bench.Machine.Advance(20 * CoordinationBench.Second);
            Assert.Empty(_bench.Renew(_bench.A, token));
        }

        Assert.Null(_bench.OutcomeOf(_bench.B, waiting));
    }

    [Fact]
    public void A_lease_is_nobody_elses_to_give_back()
    {
        ulong token = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        ulong theft = _bench.Say(_bench.B, SharedKind.Lock, SharedOperation.Release, token: token);

        Assert.Equal(SharedOutcome.LeaseLost, _bench.OutcomeOf(_bench.B, theft));
        Assert.Equal(1, _bench.Table.LeaseCount);
    }

    [Fact]
    public void A_holder_that_says_goodbye_frees_its_lock_at_once()
    {
        _bench.Lock(_bench.A);
        ulong waiting = _bench.Lock(_bench.B);
        _bench.Machine.Tell(_bench.A, new Goodbye());

        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, waiting));
    }

    [Fact]
    public void A_holder_that_dies_frees_its_lock_after_the_lease_and_not_before()
    {
        _bench.Lock(_bench.A);
        ulong waiting = _bench.Lock(_bench.B);
        _bench.Disconnect(_bench.A);
        _bench.Machine.Advance(29 * CoordinationBench.Second);
        Assert.Null(_bench.OutcomeOf(_bench.B, waiting));

        _bench.Machine.Advance(2 * CoordinationBench.Second);
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, waiting));
    }

    [Fact]
    public void A_client_that_is_cut_off_keeps_its_place_in_the_line_and_is_passed_over_meanwhile()
    {
        ulong token = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        ulong b = _bench.Lock(_bench.B);
        ulong c = _bench.Lock(_bench.C);
        ulong again = _bench.Lock(_bench.A);
        _bench.Disconnect(_bench.B);
        Release(token);
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.C, c));

        _bench.Reconnect(_bench.B);
        _bench.Machine.Tell(_bench.C, new Goodbye());
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.B, b));
        Assert.Null(_bench.OutcomeOf(_bench.A, again));
    }

    [Fact]
    public void A_wait_ends_when_its_time_is_up_and_leaves_the_line()
    {
        ulong token = _bench.Reply(_bench.A, _bench.Lock(_bench.A))!.Token;
        ulong b = _bench.Lock(_bench.B, timeoutMs: 1000);
        ulong none = _bench.Lock(_bench.C, timeoutMs: 0);
        Assert.Equal(SharedOutcome.TimedOut, _bench.OutcomeOf(_bench.C, none));
        Assert.True(_bench.Machine.Machine.NextDeadline <= _bench.Machine.Now + CoordinationBench.Second);

        _bench.Machine.Advance(CoordinationBench.Second);
        Assert.Equal(SharedOutcome.TimedOut, _bench.OutcomeOf(_bench.B, b));
        Release(token);
        Assert.Equal(0, _bench.Table.LeaseCount);
        Assert.Equal(0, _bench.Table.ObjectCount);
    }

    [Fact]
    public void A_call_that_is_said_again_after_a_cut_is_carried_out_once()
    {
        CoordinationCall call = new() { RequestId = 77, Name = "x", LeaseMs = 30_000 };
        _bench.Machine.Tell(_bench.A, call);
        _bench.Disconnect(_bench.A);
        _bench.Reconnect(_bench.A);
        _bench.Machine.Tell(_bench.A, call);

        CoordinationReply[] replies = [.. _bench.Machine.ToldTo<CoordinationReply>(_bench.A)];
        Assert.Equal(2, replies.Length);
        Assert.Equal(replies[0].Token, replies[1].Token);
        Assert.Equal(1, _bench.Table.LeaseCount);
    }

    [Fact]
    public void Giving_up_after_the_grant_leaves_the_lease_with_its_holder()
    {
        ulong held = _bench.Lock(_bench.A);
        ulong waiting = _bench.Lock(_bench.B);
        _bench.Machine.Tell(_bench.B, new CoordinationCall { RequestId = waiting, Name = "x", IsCancelled = true });
        _bench.Machine.Tell(_bench.A, new CoordinationCall { RequestId = held, Name = "x", IsCancelled = true });

        Assert.Equal(SharedOutcome.Cancelled, _bench.OutcomeOf(_bench.B, waiting));
        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.A, held));
        Assert.Equal(1, _bench.Table.LeaseCount);
    }

    [Fact]
    public void A_semaphore_has_as_many_leases_as_its_first_user_said()
    {
        _bench.Acquire(_bench.A, limit: 2);
        ulong second = _bench.Acquire(_bench.A, limit: 2);
        ulong third = _bench.Acquire(_bench.B, limit: 2);
        ulong other = _bench.Acquire(_bench.C, limit: 3);

        Assert.Equal(SharedOutcome.Done, _bench.OutcomeOf(_bench.A, second));
        Assert.Null(_bench.OutcomeOf(_bench.B, third));
        Assert.Equal(SharedOutcome.Refused, _bench.OutcomeOf(_bench.C, other));
        Assert.Contains("made with 2 leases", _bench.Reply(_bench.C, other)!.Error, StringComparison.Ordinal);
    }

    private SharedOutcome? Release(ulong token) => _bench.OutcomeOf(
        _bench.A, _bench.Say(_bench.A, SharedKind.Lock, SharedOperation.Release, token: token));
}
