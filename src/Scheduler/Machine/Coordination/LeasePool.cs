using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// A semaphore: at most so many leases at once. A lock is one of one lease. Leases go to those who wait in the order of
/// their coming; one that is neither renewed nor given back ends at its deadline, and its token is worth nothing then.
/// </summary>
internal sealed class LeasePool(CoordinationTable table, string label, bool isLock) : SharedObject(table, label)
{
    private const int MinLeaseMs = 100;

    private readonly WaitingLine _waiting = new();
    private int _limit;
    private int _held;

    /// <summary>A lock is the same however often it is made; a semaphore's size is remembered.</summary>
    public override bool IsIdle => _held == 0 && _waiting.Count == 0 && SetCount == 0 && (isLock || _limit == 0);

    /// <summary>How many calls wait for this lock among others.</summary>
    public int SetCount { get; set; }

    /// <summary>Whether nobody holds it, nor waits for it alone since before <paramref name="order"/>.</summary>
    public bool IsFreeFor(long order) => _held == 0 && !(_waiting.FirstReachable?.Order < order);

    /// <summary>Gives a lease out, now; the call's answer is it, or <paramref name="isPart"/> of it.</summary>
    public Lease Grant(PendingCall call, bool isPart = false)
    {
        _limit = Math.Max(1, _limit);
        _held++;
        return Table.Grant(call, this, isPart);
    }

    public override void Handle(PendingCall call)
    {
        switch (call.Message.Operation)
        {
            case SharedOperation.Acquire:
                Acquire(call);
                break;
            case SharedOperation.Release:
                Release(call);
                break;
            case SharedOperation.Count:
                Table.Answer(call, new CoordinationReply { Number = _held });
                break;
            case SharedOperation.Delete when _held == 0 && _waiting.Count == 0:
                _limit = 0;
                Table.Note(this, new SharedNoted { Operation = SharedOperation.Clear }, call: call);
                Table.Answer(call, new CoordinationReply());
                break;
            case SharedOperation.Delete:
                Table.Refuse(call, $"{Label} has {_held} leases out and {_waiting.Count} calls waiting");
                break;
            default:
                throw new MalformedMessageException($"{call.Message.Operation} of {Label}");
        }
    }

    public override void Leave(PendingCall call) => _waiting.Remove(call);

    public override void Serve()
    {
        ServeSingles();
        if (SetCount > 0)
            Table.Sets?.Serve();
    }

    /// <summary>Serves those who wait for this alone, as far as nobody waits since before them for this among others.</summary>
    public void ServeSingles()
    {
        while (_held < _limit && _waiting.FirstReachable is { } next
            && (SetCount == 0 || Table.Sets?.IsAwaited(this, next.Order) != true))
        {
            _waiting.Remove(next);
            Table.Answer(next, new CoordinationReply { Token = Grant(next).Token });
        }
    }

    /// <summary>A lease has ended, in whatever way.</summary>
    public void OnLeaseEnded()
    {
        _held--;
        Serve();
    }

    /// <summary>A lease that a journal tells of is out.</summary>
    public void Hold()
    {
        _held++;
        if (isLock)
            _limit = 1;
    }

    public override void Restore(SharedNoted noted, SharedValue? value, CoordinationReply reply) =>
        _limit = noted.Operation == SharedOperation.Count ? noted.Limit : 0;

    public override IEnumerable<(SharedNoted Noted, SharedValue? Value)> Snapshot()
    {
        if (!isLock && _limit > 0)
            yield return (new SharedNoted { Operation = SharedOperation.Count, Limit = _limit }, null);
    }

    /// <summary>What is wrong with the leases that a call asks for; empty = nothing.</summary>
    public static string ProblemOf(CoordinationCall message) =>
        message.LeaseMs >= MinLeaseMs ? "" : $"leases of {message.LeaseMs} ms; at least {MinLeaseMs} ms are needed";

    private void Acquire(PendingCall call)
    {
        int limit = isLock ? 1 : call.Message.Limit;
        string problem = limit < 1 ? $"{limit} leases; at least 1 is needed" : ProblemOf(call.Message);
        if (problem.Length > 0)
        {
            Table.Refuse(call, problem);
            return;
        }

        if (_limit == 0)
        {
            _limit = limit;
            if (!isLock)
                Table.NoteRoom(this, limit);
        }

        if (limit != _limit)
        {
            Table.Refuse(
                call, $"{Label} was made with {_limit} leases, not {limit}; use the same number everywhere");
            return;
        }

        _waiting.Add(call);
        Serve();
    }

    private void Release(PendingCall call)
    {
        if (Table.FindLease(call.Message.Token, call.Client) is { } lease && lease.Pool == this)
        {
            Table.End(lease, by: call);
            Table.Answer(call, new CoordinationReply());
        }
        else
        {
            Table.Answer(call, new CoordinationReply { Outcome = SharedOutcome.LeaseLost });
        }
    }
}
