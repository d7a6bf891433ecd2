using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Where the scheduler keeps a journal, objects, leases and the replies that may not have arrived outlive its process. Every
/// change is noted together with the call that it answers, and replies wait until what they tell is on disk.
/// </content>
internal sealed partial class CoordinationTable
{
    private readonly Queue<(long Note, PendingCall Call)> _unsaid = new();

    /// <summary>All datasets.</summary>
    public IEnumerable<KeyValuePair<string, SharedValue>> Datasets =>
        _objects.TryGetValue((SharedKind.Dataset, ""), out SharedObject? shelf) ? ((DatasetShelf)shelf).All : [];

    /// <summary>Something has become of an object; <paramref name="call"/> is the call that it answers, if any.</summary>
    public void Note(SharedObject target, SharedNoted noted, SharedValue? value = null, PendingCall? call = null)
    {
        if (host.IsReplaying)
            return;
        noted.Target = target.Key.Kind;
        if (noted.Name.Length == 0)
            noted.Name = target.Key.Name;
        if (call is not null)
        {
            call.IsNoted = true;
            noted.Client = call.Client.Hello.Incarnation;
            noted.RequestId = call.Message.RequestId;
        }

        host.Note(noted, value);
    }

    /// <summary>The object has room for so many: values in a queue, leases of a semaphore.</summary>
    public void NoteRoom(SharedObject target, int limit) =>
        Note(target, new SharedNoted { Operation = SharedOperation.Count, Limit = limit });

    /// <summary>Everything noted up to there is on disk: the replies that waited for it are said.</summary>
    public void Committed(long note)
    {
        while (_unsaid.TryPeek(out var first) && first.Note <= note)
        {
            PendingCall call = _unsaid.Dequeue().Call;
            call.IsUnsaid = false;
            if (!call.IsAbandoned)
                Send(call);
        }
    }

    /// <summary>Takes in what a journal says.</summary>
    public void Restore(SharedNoted noted)
    {
        SharedValue? value = noted.Operation == SharedOperation.Put ? KeepAgain(noted) : null;
        SharedObject target = Find(new CoordinationCall { Target = noted.Target, Name = noted.Name });
        CoordinationReply reply = new() { Token = noted.Operation == SharedOperation.Acquire ? noted.Token : 0 };
        if (noted.Operation == SharedOperation.Acquire)
            RestoreLease(noted, (LeasePool)target);
        else if (noted is { Operation: SharedOperation.Release, Target: SharedKind.Lock or SharedKind.Semaphore })
            RestoreEnd(noted.Token);
        else
            target.Restore(noted, value, reply);
        RestoreReply(noted.Client, noted.RequestId, noted.Submission, target, reply);
        RemoveIfIdle(target);
    }

    /// <summary>Takes in the reply that a journal says was given.</summary>
    public void Restore(SharedAnswered answered)
    {
        CoordinationReply reply = new() { Token = answered.Token, Count = answered.Values.Count };
        for (int i = 0; i < answered.Values.Count; i++)
            reply.Values.Add(answered.Values[i]);
        reply.TaskEnds.AddRange(answered.TaskEnds.Span);
        SharedObject target = Find(new CoordinationCall { Target = answered.Target, Name = answered.Name });
        RestoreReply(answered.Client, answered.RequestId, answered.Submission, target, reply);
        RemoveIfIdle(target);
    }

    /// <summary>Takes in what the journals of earlier builds say of datasets.</summary>
    public void Restore(DatasetNoted noted)
    {
        SharedNoted now = new()
        {
            Target = SharedKind.Dataset,
            Name = noted.Name,
            Operation = noted.IsRemoved ? SharedOperation.Clear : SharedOperation.Put,
            Value = noted.Value,
        };
        now.Tasks.AddRange(noted.Tasks.Span);
        Restore(now);
    }

    /// <summary>The journal has been replayed: each lease has its whole duration again, so nobody holds one for longer.</summary>
    public void StartAfterReplay(long now)
    {
        _now = now;
        foreach (Lease lease in _leases.Values)
        {
            lease.Deadline = now + lease.DurationUs;
            _timers.Enqueue(lease, lease.Deadline);
        }
    }

    /// <summary>What a shorter journal has to say of the objects.</summary>
    public IEnumerable<(Message Message, SharedValue? Value)> Snapshot()
    {
        foreach (SharedObject target in _objects.Values)
        {
            foreach ((SharedNoted noted, SharedValue? value) in target.Snapshot())
            {
                noted.Target = target.Key.Kind;
                if (noted.Name.Length == 0)
                    noted.Name = target.Key.Name;
                yield return (noted, value);
            }
        }

        // Tokens go on above this one; it comes first, lest it ends a lease that is still out.
        if (_lastToken > 0)
            yield return (new SharedNoted { Operation = SharedOperation.Release, Token = _lastToken }, null);
        foreach (Lease lease in _leases.Values)
            yield return (NoteOf(lease), null);
        foreach (PendingCall call in _calls.Values.SelectMany(static calls => calls.Values))
        {
            if (call is { IsNoted: true, Reply: not null })
                yield return (AnsweredBy(call), null);
        }
    }

    /// <summary>A hash of what outlives the process, the same before a restart and after.</summary>
    public ulong DurableHash()
    {
        ulong sum = _lastToken;
        foreach (SharedObject target in _objects.Values)
        {
            ulong hash = (ulong)target.Key.Kind + Hash128.Of(System.Text.Encoding.UTF8.GetBytes(target.Key.Name)).Low;
            foreach ((SharedNoted noted, SharedValue? value) in target.Snapshot())
            {
                hash = Mix(hash, ((ulong)noted.Operation << 32) + (ulong)noted.Limit);
                hash = Mix(hash, Hash128.Of(System.Text.Encoding.UTF8.GetBytes(noted.Name)).Low);
                if (value is not null)
                    hash = Mix(Mix(hash, Hash128.Of(value.Bytes).Low), host.HashOf(value));
                sum += hash;
            }
        }

        foreach (Lease lease in _leases.Values)
            sum += Mix(lease.Token, lease.Holder);
        return sum;
    }

    private static ulong Mix(ulong hash, ulong value) =>
        System.Numerics.BitOperations.RotateLeft(hash ^ value, 27) * 0x9E37_79B9_7F4A_7C15;

    private SharedValue KeepAgain(SharedNoted noted)
    {
        ulong keeping = 0;
        if (noted.Tasks.Count > 0)
        {
            keeping = host.KeepAgain(noted.Tasks.Span);
            KeepingCount++;
        }

        _bytes += noted.Value.Length;
        return new SharedValue(noted.Value, keeping, noted.Tasks.Count);
    }

    private void RestoreReply(ulong client, ulong request, ulong submission, SharedObject target, CoordinationReply reply)
    {
        if (request == 0 || host.FindReplayed(client) is not { } caller)
            return;
        if (!_calls.TryGetValue(caller, out Dictionary<ulong, PendingCall>? calls))
            _calls[caller] = calls = [];
        if (reply.TaskEnds.Count > 0)
            host.HandOverAgain(submission, reply.TaskEnds[reply.TaskEnds.Count - 1], reply);
        reply.RequestId = request;
        CoordinationCall said = new() { RequestId = request, Submission = submission, Target = target.Key.Kind };
        calls[request] = new PendingCall(caller, said, target, _now) { Reply = reply, IsNoted = true };
    }

    private static SharedAnswered AnsweredBy(PendingCall call)
    {
        CoordinationReply reply = call.Reply!;
        SharedAnswered answered = new()
        {
            Target = call.Target.Key.Kind,
            Name = call.Target.Key.Name,
            Client = call.Client.Hello.Incarnation,
            RequestId = call.Message.RequestId,
            Submission = call.Message.Submission,
            Token = reply.Token,
        };
        for (int i = 0; i < reply.Values.Count; i++)
            answered.Values.Add(reply.Values[i]);
        answered.TaskEnds.AddRange(reply.TaskEnds.Span);
        return answered;
    }
}
