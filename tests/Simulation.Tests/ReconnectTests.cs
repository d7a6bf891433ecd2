using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation.Tests;

/// <summary>What a cut connection swallowed is made up for when the client is back. Found by simulated runs.</summary>
public class ReconnectTests
{
    private const long LeaseUs = 1_000_000;

    private readonly SchedulerMachine _scheduler = new(new SchedulerMachineOptions { ClientLeaseUs = LeaseUs });
    private readonly ClientMachine _client = new(0x100);
    private readonly Hello _hello = new() { Role = PeerRole.Client, Incarnation = 7 };
    private SchedulerClient _peer;
    private long _now;

    public ReconnectTests()
    {
        _peer = _scheduler.ConnectClient(_hello, _now);
        _client.OnConnected(epoch: 1);
    }

    [Fact]
    public void A_release_that_was_lost_with_the_connection_takes_effect_after_the_reconnect()
    {
        var futures = Submit();
        _client.Release(futures, slot: 0);
        _client.FlushReleases();
        LoseOutbox();

        Reconnect(awayUs: 10);

        Assert.Equal(TaskState.Forgotten, _scheduler.StateOf(futures.IdOf(0)));
        Assert.Equal(TaskState.Queued, _scheduler.StateOf(futures.IdOf(1)));
        Assert.Equal(FutureStatus.Pending, futures.StatusOf(1));
    }

    [Fact]
    public void A_future_whose_cancellation_was_lost_with_the_connection_does_not_wait_for_ever()
    {
        var futures = Submit();
        _client.Cancel([futures.IdOf(0)], "no longer needed", force: false);
        Deliver(loseReplies: true);
        Assert.Equal(FutureStatus.Pending, futures.StatusOf(0));

        Reconnect(awayUs: 10);

        Assert.Equal(FutureStatus.Lost, futures.StatusOf(0));
        Assert.Equal(FutureStatus.Pending, futures.StatusOf(1));
    }

    [Fact]
    public void Futures_of_a_client_that_was_away_for_longer_than_its_lease_are_lost()
    {
        var futures = Submit();

        Reconnect(awayUs: LeaseUs * 2);

        Assert.Equal(0, _scheduler.TaskCount);
        Assert.Equal(FutureStatus.Lost, futures.StatusOf(0));
        Assert.Equal(FutureStatus.Lost, futures.StatusOf(1));
    }

    [Fact]
    public void A_submission_that_was_lost_with_the_connection_is_said_again_and_its_futures_wait_on()
    {
        var futures = Add();
        LoseOutbox();

        Reconnect(awayUs: 10);

        Assert.Equal(FutureStatus.Pending, futures.StatusOf(0));
        Assert.Equal(TaskState.Queued, _scheduler.StateOf(futures.IdOf(0)));
    }

    [Fact]
    public void A_release_made_while_away_does_not_overtake_a_submission_that_takes_the_tasks_value()
    {
        var futures = Submit();
        Reconnect(awayUs: 10, () =>
        {
            var input = new Work(Behaviour.Returns, 1, []);
            Work[] works = [new(Behaviour.Returns, 3, [input])];
            var id = _client.NewSubmission();
            var later = new FutureSet(id, TaskNames.Unique("work"), works.Length);
            var message = Graphs.Message(id, works, wanted: [0], KeyForm.Unique, _ => futures.IdOf(0));
            _client.Submit(new TaskGraph.Submission(id, [Work.Definition(Behaviour.Returns), message], []), later);
            _client.Release(futures, slot: 0);
        });

        Assert.Equal(0, _client.UnansweredCount);
        Assert.Equal(3, _scheduler.TaskCount);
    }

    private FutureSet Submit()
    {
        var futures = Add();
        Deliver(loseReplies: false);
        return futures;
    }

    private FutureSet Add()
    {
        var id = _client.NewSubmission();
        Work[] works = [new(Behaviour.Returns, 1, []), new(Behaviour.Returns, 2, [])];
        var futures = new FutureSet(id, TaskNames.Unique("work"), works.Length);
        var message = Graphs.Message(id, works, wanted: [0, 1], KeyForm.Unique, _ => null);
        _client.Submit(new TaskGraph.Submission(id, [Work.Definition(Behaviour.Returns), message], []), futures);
        return futures;
    }

    private void LoseOutbox() => _client.Outbox.Clear();

    private void Reconnect(long awayUs, Action? whileAway = null)
    {
        _client.OnDisconnected("sim://scheduler", "cut");
        whileAway?.Invoke();
        _scheduler.DisconnectClient(_peer, _now);
        for (var end = _now + awayUs; _now < end;)
        {
            // No deadline is missed by much: a scheduler that did not run would not count the time.
            _now = Math.Min(end, Math.Max(_now + 100_000, _scheduler.NextDeadline));
            _scheduler.EndTurn(_now);
            _scheduler.TurnSent();
        }

        _peer = _scheduler.ConnectClient(_hello, _now);
        _client.OnConnected(epoch: 1);
        Deliver(loseReplies: false);
    }

    private void Deliver(bool loseReplies)
    {
        foreach (var message in _client.Outbox)
            _scheduler.Handle(_peer, message, _now);
        _client.Outbox.Clear();
        _scheduler.EndTurn(_now);
        _scheduler.AssertInvariants();
        List<Message> replies = [];
        _peer.Collect(replies);
        foreach (var reply in replies)
        {
            if (!loseReplies)
                _client.Handle(reply);
        }

        _scheduler.TurnSent();
    }
}
