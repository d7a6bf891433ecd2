using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Leases: given out with a token, renewed, given back, or ended by time.</content>
internal sealed partial class CoordinationTable
{
    private readonly Dictionary<ulong, Lease> _leases = [];

    /// <summary>
    /// Calls and leases by when their time was up when they were entered; ended ones stay until then.
    /// </summary>
    private readonly PriorityQueue<object, long> _timers = new();

    private ulong _lastToken;

    /// <summary>When <see cref="Expire"/> is to be called; <see cref="long.MaxValue"/> = never.</summary>
    public long NextDeadline => _timers.TryPeek(out _, out long at) ? at : long.MaxValue;

    public int LeaseCount => _leases.Count;

    public void Handle(SchedulerClient client, RenewLeases message, long now)
    {
        Expire(now);
        Forget(client, message.Answered);
        LeasesRenewed reply = new() { RequestId = message.RequestId };
        foreach (ulong token in message.Tokens.Span)
        {
            if (FindLease(token, client) is { } lease)
                lease.Deadline = now + lease.DurationUs;
            else
                reply.Lost.Add(token);
        }

        host.Send(client, reply);
    }

    /// <summary>
    /// Gives a lease out. Tokens follow the clock, so that they also grow from one scheduler to the next on one
    /// machine; where there is a journal, they go on above those that it names. Of a lease that is only part of the call's
    /// answer, whoever answers notes the whole.
    /// </summary>
    public Lease Grant(PendingCall call, LeasePool pool, bool isPart)
    {
        _lastToken = Math.Max(_lastToken + 1, (ulong)Math.Max(1, _now));
        SchedulerClient client = call.Client;
        Lease lease = new(_lastToken, client.Hello.Incarnation, client.Label, call.Message.LeaseMs * 1000L, pool)
        {
            Deadline = _now + (call.Message.LeaseMs * 1000L),
        };
#if PLANTED
        if (Diagnostics.PlantedBug.Is(20))
            lease.Deadline = _now + (call.Message.LeaseMs * 500L);
#endif

        _leases.Add(lease.Token, lease);
        _timers.Enqueue(lease, lease.Deadline);
        Note(pool, NoteOf(lease), call: isPart ? null : call);
        return lease;
    }

    /// <summary>The lease of that token if this client holds it still.</summary>
    public Lease? FindLease(ulong token, SchedulerClient client) =>
        _leases.TryGetValue(token, out Lease? lease) && lease.Holder == client.Hello.Incarnation ? lease : null;

    /// <summary>Ends a lease; <paramref name="by"/> = its holder has given it back with that call.</summary>
    public void End(Lease lease, PendingCall? by = null)
    {
        if (!_leases.Remove(lease.Token))
            return;
        Note(lease.Pool, new SharedNoted { Operation = SharedOperation.Release, Token = lease.Token }, call: by);
        lease.Pool.OnLeaseEnded();
#if PLANTED
        if (Diagnostics.PlantedBug.Is(22))
            return;
#endif
        RemoveIfIdle(lease.Pool);
    }

    private void ExpireLease(Lease lease)
    {
        if (lease.Deadline > _now)
        {
            _timers.Enqueue(lease, lease.Deadline);
            return;
        }

        host.Warn($"the lease of {lease.Pool.Label} that {lease.HolderLabel} held was not renewed and has ended");
        End(lease);
    }

    private static SharedNoted NoteOf(Lease lease) => new()
    {
        Target = lease.Pool.Key.Kind,
        Name = lease.Pool.Key.Name,
        Operation = SharedOperation.Acquire,
        Token = lease.Token,
        LeaseMs = (int)(lease.DurationUs / 1000),
        Holder = lease.HolderLabel,
        Client = lease.Holder,
    };

    private void RestoreLease(SharedNoted noted, LeasePool pool)
    {
        _lastToken = Math.Max(_lastToken, noted.Token);
        pool.Hold();
        _leases[noted.Token] = new Lease(noted.Token, noted.Client, noted.Holder, noted.LeaseMs * 1000L, pool);
    }

    private void RestoreEnd(ulong token)
    {
        _lastToken = Math.Max(_lastToken, token);
        if (_leases.TryGetValue(token, out Lease? lease))
            End(lease);
    }

    private void EndLeasesOf(SchedulerClient client)
    {
        foreach (Lease lease in _leases.Values.ToArray())
        {
            if (lease.Holder == client.Hello.Incarnation)
                End(lease);
        }
    }
}
