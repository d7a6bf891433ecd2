using System.Buffers.Binary;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Calls that want several locks at once, or any so many of them. Each stands in the line of every lock that it names, in
/// the order of its coming, and takes what it wants in one step as soon as it is the first in enough lines whose locks are
/// free. As all lines have the same order, two calls never wait for each other.
/// </summary>
internal sealed class LockSets(CoordinationTable table) : SharedObject(table, "lock set")
{
    private const int MaxNames = 1024;
    private const int LeaseBytes = sizeof(int) + sizeof(ulong);

    private readonly List<Waiter> _waiting = [];

    public override bool IsIdle => _waiting.Count == 0;

    public override void Handle(PendingCall call)
    {
        CoordinationCall message = call.Message;
        if (message.Operation != SharedOperation.Acquire)
            throw new MalformedMessageException($"{message.Operation} of {Label}");
        int count = message.Names.Length;
        string problem = count is 0 or > MaxNames ? $"{count} locks; 1 to {MaxNames} can be asked for at once"
            : message.Limit < 1 || message.Limit > count ? $"{message.Limit} of {count} locks"
            : message.Names.Distinct(StringComparer.Ordinal).Count() < count ? "a lock is named twice"
            : LeasePool.ProblemOf(message);
        if (problem.Length > 0)
        {
            Table.Refuse(call, problem);
            return;
        }

        Waiter waiter = new(call, Array.ConvertAll(message.Names, Table.LockNamed));
        foreach (LeasePool pool in waiter.Locks)
            pool.SetCount++;
        _waiting.Add(waiter);
        Serve();
    }

    public override void Restore(SharedNoted noted, SharedValue? value, CoordinationReply reply)
    {
        for (int start = 0; start + LeaseBytes <= noted.Value.Length; start += LeaseBytes)
        {
            reply.Values.Add(noted.Value.AsSpan(start, LeaseBytes));
            reply.Count++;
        }
    }

    /// <summary>The leases are noted for themselves, and those who wait say so again.</summary>
    public override IEnumerable<(SharedNoted Noted, SharedValue? Value)> Snapshot() => [];

    public override void Leave(PendingCall call)
    {
        if (_waiting.Find(one => one.Call == call) is { } waiter)
            Remove(waiter);
    }

    public override void Serve()
    {
        while (_waiting.Find(CanTake) is { } next)
        {
            CoordinationReply reply = new() { Count = next.Call.Message.Limit };
            for (int i = 0; reply.Values.Count < next.Call.Message.Limit; i++)
            {
                if (!IsFirst(next, next.Locks[i]))
                    continue;
                byte[] lease = new byte[LeaseBytes];
                BinaryPrimitives.WriteInt32LittleEndian(lease, i);
                BinaryPrimitives.WriteUInt64LittleEndian(lease.AsSpan(sizeof(int)), next.Locks[i].Grant(next.Call, isPart: true).Token);
                reply.Values.Add(lease);
            }

            Table.Note(
                this,
                new SharedNoted { Operation = SharedOperation.Get, Value = reply.Values.Bytes.ToArray() },
                call: next.Call);
            Table.Answer(next.Call, reply);
            Remove(next);
        }
    }

    /// <summary>Somebody cannot be told any more: what it keeps others from is theirs meanwhile.</summary>
    public void ServeAll()
    {
        Serve();
        foreach (Waiter waiter in _waiting.ToArray())
        {
            foreach (LeasePool pool in waiter.Locks)
                pool.ServeSingles();
        }
    }

    /// <summary>Whether somebody who can be told, and came before <paramref name="order"/>, is waiting for the lock.</summary>
    public bool IsAwaited(LeasePool pool, long order) =>
        _waiting.Exists(one => one.Call.Order < order && one.Call.Client.IsConnected && one.Locks.Contains(pool));

    private bool CanTake(Waiter waiter) =>
        waiter.Call.Client.IsConnected
        && waiter.Locks.Count(pool => IsFirst(waiter, pool)) >= waiter.Call.Message.Limit;

    private bool IsFirst(Waiter waiter, LeasePool pool) =>
        pool.IsFreeFor(waiter.Call.Order) && !IsAwaited(pool, waiter.Call.Order);

    /// <summary>Those behind it in the lines may be the first now.</summary>
    private void Remove(Waiter waiter)
    {
        _waiting.Remove(waiter);
        foreach (LeasePool pool in waiter.Locks)
        {
            pool.SetCount--;
            pool.ServeSingles();
            Table.RemoveIfIdle(pool);
        }
    }

    private sealed record Waiter(PendingCall Call, LeasePool[] Locks);
}
