using System.Buffers.Binary;

namespace TaskGraph.Simulation;

/// <summary>A user of the one lock and the one queue that all clients share.</summary>
internal sealed partial class VirtualClient
{
    public const long LeaseUs = LeaseMs * 1000L;

    private const int LeaseMs = 100;

    /// <summary>Takes the lock, keeps it for a while, and gives it back, or lets its lease end.</summary>
    public void UseLock()
    {
        if (IsGone)
            return;
        _cluster.Happened(Faults.Coordination);
        Call(SharedKind.Lock, SharedOperation.Acquire, call =>
        {
            call.TimeoutMs = 1_000;
            call.LeaseMs = LeaseMs;
        }, reply =>
        {
            if (reply.Outcome != SharedOutcome.Done)
                return;
            var keepsUs = _cluster.Choices.Next(_cluster.Choices.Chance(25) ? 150_000 : 5_000);
            _cluster.Time.After(keepsUs, () => GiveBack(reply.Token));
        });
    }

    /// <summary>Puts a value that nobody else puts into the queue.</summary>
    public void PutIntoQueue(long value)
    {
        if (IsGone)
            return;
        _cluster.Happened(Faults.Coordination);
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Call(SharedKind.Queue, SharedOperation.Put, call => call.Value = bytes, _ => { });
    }

    /// <summary>Takes one value out of the queue, or gives up after a while.</summary>
    public void TakeFromQueue()
    {
        if (IsGone)
            return;
        _cluster.Happened(Faults.Coordination);
        Call(SharedKind.Queue, SharedOperation.Get, call =>
        {
            call.TimeoutMs = 50;
            call.Limit = 1;
            call.Submission = Machine.NewSubmission();
        }, reply =>
        {
            for (var i = 0; i < reply.Count; i++)
                _cluster.Checks.TakenFromQueue(BinaryPrimitives.ReadInt64LittleEndian(reply.Values[i]));
        });
    }

    /// <summary>Forgets the queue and what is in it.</summary>
    public void DeleteQueue() => Call(SharedKind.Queue, SharedOperation.Delete, _ => { }, _ => { });

    private void GiveBack(ulong token)
    {
        if (IsGone)
            return;
        Call(SharedKind.Lock, SharedOperation.Release, call => call.Token = token, _ => { });
    }

    private void Call(
        SharedKind target, SharedOperation operation, Action<CoordinationCall> fill, Action<CoordinationReply> onReply)
    {
        var call = new CoordinationCall { Target = target, Operation = operation, Name = "shared" };
        fill(call);
        Ask(
            id =>
            {
                call.RequestId = id;
                Machine.TakeAnswered(call.Answered);
                return call;
            },
            reply =>
            {
                Machine.NoteAnswered(call.RequestId);
                onReply((CoordinationReply)reply);
            });
    }
}
