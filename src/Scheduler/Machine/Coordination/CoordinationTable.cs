using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Locks, semaphores, queues, variables, events and datasets by name, the calls that wait for them, and the leases that
/// are out. Every call is carried out once and answered once: what is said again after a reconnect finds its reply,
/// which
/// is kept until the client says that it has come.
/// </summary>
internal sealed partial class CoordinationTable(ICoordinationHost host, long maxBytes)
{
    /// <summary>So many futures fit into one value.</summary>
    public const int MaxTasksPerValue = 8192;

    private const int MaxNameLength = 512;
    private const int MaxValueBytes = 128 << 10;
    private const int MaxObjects = 1_000_000;

    private readonly Dictionary<(SharedKind, string), SharedObject> _objects = [];
    private readonly Dictionary<SchedulerClient, Dictionary<ulong, PendingCall>> _calls = [];
    private long _now;
    private long _bytes;
    private long _order;

    /// <summary>How many objects somebody uses.</summary>
    public int ObjectCount => _objects.Count;

    /// <summary>Values that keep tasks, for the machine's invariants.</summary>
    public int KeepingCount { get; private set; }

    public void Handle(SchedulerClient client, CoordinationCall message, long now)
    {
        Expire(now);
        Forget(client, message.Answered);
        if (!_calls.TryGetValue(client, out Dictionary<ulong, PendingCall>? calls))
            _calls[client] = calls = [];
        if (calls.TryGetValue(message.RequestId, out PendingCall? known) && !IsLeaseOver(known))
        {
            if (known.Reply is not null)
            {
                if (!known.IsUnsaid)
                    Send(known);
            }
            else if (message.IsCancelled)
                GiveUp(known, SharedOutcome.Cancelled);
            return;
        }

        PendingCall call = new(client, message, Find(message), now) { Order = ++_order };
        calls[message.RequestId] = call;
        if (client.FirstConnection == 0)
            client.FirstConnection = message.Connection;
        if (IsPutOfAForgottenClient(call))
            Refuse(call, "the scheduler does not remember this client from before: it was away for too long, or the scheduler was "
                + "restarted without a journal. Whether the value was put is not known; look, and put it again if it is missing");
        else
            Begin(call);
        RemoveIfIdle(call.Target);
    }

    /// <summary>After a reconnect: replies to calls that are not pending any more have come.</summary>
    public void Handle(SchedulerClient client, CallsPending message)
    {
        if (!_calls.TryGetValue(client, out Dictionary<ulong, PendingCall>? calls))
            return;
        HashSet<ulong> pending = [.. message.Requests.Span];
        foreach ((ulong request, PendingCall call) in calls.ToArray())
        {
            if (call.Reply is not null && !pending.Contains(request))
                Forget(calls, request, call);
        }
    }

    /// <summary>Ends the waits and leases whose time is up.</summary>
    public void Expire(long now)
    {
        _now = now;
        while (_timers.TryPeek(out object? due, out long at) && at <= now)
        {
            _timers.Dequeue();
            if (due is PendingCall { Reply: null, IsAbandoned: false } call)
                GiveUp(call, SharedOutcome.TimedOut);
            else if (due is Lease lease && _leases.ContainsKey(lease.Token))
                ExpireLease(lease);
        }
    }

    /// <summary>A client is connected again: it takes part in the lines again.</summary>
    public void Resume(SchedulerClient client, long now)
    {
        Expire(now);
        if (!_calls.TryGetValue(client, out Dictionary<ulong, PendingCall>? calls))
            return;
        foreach (PendingCall call in calls.Values.ToArray())
        {
            if (call.Reply is null)
                call.Target.Serve();
        }
    }

    /// <summary>
    /// A client is gone for good. What it waited for it no longer does; its leases end now if it has said goodbye, and
    /// else when their time is up: it may still run somewhere and believe in them.
    /// </summary>
    public void Leave(SchedulerClient client, bool isPlanned, long now)
    {
        Expire(now);
        if (_calls.Remove(client, out Dictionary<ulong, PendingCall>? calls))
        {
            foreach (PendingCall call in calls.Values)
            {
                call.IsAbandoned = true;
                if (call.Reply is not null)
                    continue;
                EndWait(call);
                call.Target.Serve();
                RemoveIfIdle(call.Target);
            }
        }

        if (isPlanned && !host.IsReplaying)
            EndLeasesOf(client);
    }

    /// <summary>A client is not connected: others need not wait for what it waits for.</summary>
    public void Interrupt(SchedulerClient client, long now)
    {
        Expire(now);
        if (_calls.ContainsKey(client))
            Sets?.ServeAll();
    }

    /// <summary>Ends a call with its reply.</summary>
    public void Answer(PendingCall call, CoordinationReply reply)
    {
        reply.RequestId = call.Message.RequestId;
        reply.WaitedMs = (_now - call.Arrived) / 1000;
        call.Reply = reply;
        if (host.UnwrittenNote is > 0 and var note)
        {
            call.IsUnsaid = true;
            _unsaid.Enqueue((note, call));
            return;
        }

        Send(call);
    }

    public void Refuse(PendingCall call, string error) =>
        Answer(call, new CoordinationReply { Outcome = SharedOutcome.Refused, Error = error });

    /// <summary>
    /// Ends a call with values. <paramref name="isLast"/> = they are in no object any more; <paramref name="isNoted"/> = after a
    /// restart the call is to be answered with them, too.
    /// </summary>
    public void AnswerWith(PendingCall call, List<SharedValue> values, bool isLast, bool isNoted)
    {
        CoordinationReply reply = new();
        foreach (SharedValue value in values)
            AddTo(reply, value);

        bool isHandedOver = host.HandOver(values, call.Client, call.Message.Submission, reply);
        if (isNoted)
        {
            SharedNoted taken = new()
            {
                Operation = SharedOperation.Get,
                Limit = values.Count,
                Submission = call.Message.Submission,
            };
            Note(call.Target, taken, call: isHandedOver ? call : null);
        }

        if (isHandedOver)
            Answer(call, reply);
        else
            Refuse(call, "the submission that it names for futures exists already");
        for (int i = 0; isLast && i < values.Count; i++)
            Drop(values[i]);
    }

    /// <summary>Adds a value to those that a reply brings.</summary>
    public static void AddTo(CoordinationReply reply, SharedValue value)
    {
        reply.Count++;
        reply.Values.Add(value.Bytes);
        reply.TaskEnds.Add(value.TaskCount + (reply.TaskEnds.Count == 0 ? 0 : reply.TaskEnds[reply.TaskEnds.Count - 1]));
    }

    /// <summary>A value is in no object any more.</summary>
    public void Drop(SharedValue? value)
    {
        if (value is null)
            return;
        _bytes -= value.Bytes.Length;
        if (value.Keeping == 0)
            return;
        KeepingCount--;
        host.Drop(value.Keeping);
    }

    private void Begin(PendingCall call)
    {
        CoordinationCall message = call.Message;
        if (message.IsCancelled)
        {
            Answer(call, new CoordinationReply { Outcome = SharedOutcome.Cancelled });
            return;
        }

        string error = message.Operation == SharedOperation.Put ? Keep(call) : "";
        if (_objects.Count > MaxObjects)
            error = $"there are {_objects.Count} coordination objects; delete those that nobody uses";
        if (error.Length > 0)
        {
            EndWait(call);
            Refuse(call, error);
            return;
        }

        call.Target.Handle(call);
        if (call.Reply is not null)
            EndWait(call);
        else if (message.TimeoutMs == 0)
            GiveUp(call, SharedOutcome.TimedOut);
        else if (message.TimeoutMs > 0)
            _timers.Enqueue(call, call.Deadline);
    }

    /// <summary>
    /// Whether the lease that a call was granted has ended before its client heard of it: then the client waits for another.
    /// </summary>
    private bool IsLeaseOver(PendingCall call) =>
        call is { IsUnsaid: false, Reply: { Outcome: SharedOutcome.Done, Token: > 0 and var token } } && !_leases.ContainsKey(token);

    /// <summary>
    /// Other calls do no harm when they are carried out twice; a value that is put twice is taken twice.
    /// </summary>
    private static bool IsPutOfAForgottenClient(PendingCall call) =>
        call.Message is { Target: SharedKind.Queue, Operation: SharedOperation.Put, FirstConnection: > 0 and var first }
        && first < call.Client.FirstConnection;

    /// <summary>Takes charge of what is put; returns why that cannot be.</summary>
    private string Keep(PendingCall call)
    {
        CoordinationCall message = call.Message;
        if (message.Value.Length > MaxValueBytes)
            return $"a value of {message.Value.Length} bytes; at most {MaxValueBytes} fit, put a future of it instead";
        if (message.Tasks.Count > MaxTasksPerValue)
            return $"{message.Tasks.Count} futures in one value; at most {MaxTasksPerValue} fit, put them in parts";
        if (_bytes + message.Value.Length > maxBytes)
            return $"values of {_bytes} bytes are stored already, at most {maxBytes} may be; put futures instead";
        ulong keeping = 0;
        if (message.Tasks.Count > 0)
        {
            keeping = host.Keep(message.Tasks.Span, out string error);
            if (keeping == 0)
                return error;
            KeepingCount++;
        }

        _bytes += message.Value.Length;
        call.Value = new SharedValue(message.Value, keeping, message.Tasks.Count);
        return "";
    }

    private SharedObject Find(CoordinationCall message)
    {
        if (message.Name.Length > MaxNameLength)
            throw new MalformedMessageException($"a name of {message.Name.Length} characters, at most {MaxNameLength}");
        string name = message.Target is SharedKind.Dataset or SharedKind.LockSet or SharedKind.Metadata ? "" : message.Name;
        if (_objects.TryGetValue((message.Target, name), out SharedObject? known))
            return known;
        SharedObject made = message.Target switch
        {
            SharedKind.Lock => new LeasePool(this, $"lock {name}", isLock: true),
            SharedKind.Semaphore => new LeasePool(this, $"semaphore {name}", isLock: false),
            SharedKind.Queue => new ValueQueue(this, $"queue {name}"),
            SharedKind.Variable => new SharedVariable(this, $"variable {name}"),
            SharedKind.Event => new EventFlag(this, $"event {name}"),
            SharedKind.Dataset => new DatasetShelf(this),
            SharedKind.LockSet => new LockSets(this),
            SharedKind.Metadata => new DatasetShelf(this, "the metadata"),
            _ => throw new MalformedMessageException($"a coordination object of kind {(int)message.Target}"),
        };
        made.Key = (message.Target, name);
        _objects.Add(made.Key, made);
        return made;
    }

    private void GiveUp(PendingCall call, SharedOutcome outcome)
    {
        EndWait(call);
        Answer(call, new CoordinationReply { Outcome = outcome });
        call.Target.Serve();
        RemoveIfIdle(call.Target);
    }

    private void EndWait(PendingCall call)
    {
        call.Target.Leave(call);
        Drop(call.Value);
        call.Value = null;
    }

    /// <summary>Forgets an object that nobody uses.</summary>
    public void RemoveIfIdle(SharedObject target)
    {
        if (target.IsIdle && _objects.TryGetValue(target.Key, out SharedObject? present) && present == target)
            _objects.Remove(target.Key);
    }

    private void Forget(SchedulerClient client, MessageColumn<ulong> answered)
    {
        if (!_calls.TryGetValue(client, out Dictionary<ulong, PendingCall>? calls))
            return;
        foreach (ulong request in answered.Span)
        {
            if (calls.TryGetValue(request, out PendingCall? call) && call.Reply is not null)
                Forget(calls, request, call);
        }
    }

    private void Forget(Dictionary<ulong, PendingCall> calls, ulong request, PendingCall call)
    {
        calls.Remove(request);
        if (call.Reply is { TaskEnds.Count: > 0 })
            host.Confirm(call.Message.Submission);
    }

    private void Send(PendingCall call)
    {
        if (!call.Client.IsConnected)
            return;
        CoordinationReply reply = call.Reply!;
        host.Send(call.Client, reply);
        if (reply.TaskEnds.Count > 0 && reply.TaskEnds[reply.TaskEnds.Count - 1] > 0)
            host.TellStates(call.Client, call.Message.Submission, reply.TaskEnds[reply.TaskEnds.Count - 1]);
    }
}
