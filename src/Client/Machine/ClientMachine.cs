using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// Decides what the client says to the scheduler, and what becomes of its futures. Pure: messages in, messages out.
/// Invariants: a submission is said once per connection and kept until it is answered; each future settles once,
/// whatever is repeated, late or out of order; nothing is said about a task before its submission.
/// Every call is made under the client's lock.
/// </summary>
internal sealed partial class ClientMachine(ulong firstSubmission)
{
    private readonly Dictionary<ulong, FutureSet> _sets = [];
    private readonly Dictionary<ulong, Submission> _unanswered = [];
    private readonly Queue<Submission> _waiting = new();
    private readonly HashSet<Hash128> _defined = [];
    private readonly Dictionary<ulong, ClientRequest> _requests = [];
    private readonly List<ulong> _heldBack = [];
    private readonly MessageColumn<TaskId> _released = new();
    private ulong _nextSubmission = firstSubmission;
    private ulong _nextRequest = 1;
    private long _nextSequence;
    private ulong _epoch;

    /// <summary>What to send now, in order; the shell empties it.</summary>
    public List<Message> Outbox { get; } = [];

    /// <summary>Who the scheduler's worker numbers mean.</summary>
    public WorkerDirectory Workers { get; } = new();

    public bool IsConnected { get; private set; }

    /// <summary>The epoch of the scheduler that it was last connected to, 0 = none.</summary>
    public ulong Epoch => _epoch;

    /// <summary>Why there is no scheduler any more; null while there is hope.</summary>
    public FutureFailure.SchedulerLost? Loss { get; private set; }

    /// <summary>How many submissions the scheduler has not answered yet.</summary>
    public int UnansweredCount => _unanswered.Count;

    /// <summary>How many sets of futures are still held.</summary>
    public int SetCount => _sets.Count;

    /// <summary>A number for the next submission.</summary>
    public ulong NewSubmission() => _nextSubmission++;

    /// <summary>Takes a submission and the futures of its wanted tasks.</summary>
    public void Submit(Submission submission, FutureSet set)
    {
        // What was released before is forgotten before this is looked up.
        FlushReleases();
        submission.Sequence = _nextSequence++;
        _unanswered.Add(submission.Id, submission);
        _sets.Add(submission.Id, set);
        _waiting.Enqueue(submission);
        SendWaiting();
    }

    /// <summary>
    /// The large arguments of <paramref name="submission"/> are in place, as <paramref name="data"/> says: it and those
    /// behind it can go.
    /// </summary>
    public void MakeReady(Submission submission, RegisterData data)
    {
        submission.Chunks = [data, .. submission.Chunks];
        submission.IsReady = true;
        SendWaiting();
    }

    /// <summary>The submission cannot be sent: its futures fail.</summary>
    public void GiveUp(Submission submission, FutureFailure failure)
    {
        submission.IsReady = true;
        if (EndSubmission(submission.Id) && _sets.TryGetValue(submission.Id, out var set))
            FailPending(set, FutureStatus.Error, failure);
        SendWaiting();
    }

    /// <summary>Calls <paramref name="then"/> once the scheduler knows the tasks of a submission, or never will.</summary>
    public void WhenAnswered(ulong submission, Action then)
    {
        if (_unanswered.TryGetValue(submission, out var found))
            found.WhenAnswered(then);
        else
            then();
    }

    /// <summary>The user's handle of a task is gone.</summary>
    public void Release(FutureSet set, int slot)
    {
        if (!set.Release(slot))
            return;
        _released.Add(set.IdOf(slot));
        if (set[slot].Status == FutureStatus.Pending)
            set.Become(slot, FutureStatus.Cancelled, new FutureFailure.Cancelled("its future was disposed of"));
        if (set.HeldCount > 0)
            return;
        _sets.Remove(set.Submission);
        _released.AddRange(set.Attached);
    }

    /// <summary>Puts what was released since the last time into the outbox.</summary>
    public void FlushReleases()
    {
        // Not before the submissions that these tasks came with.
        if (_released.Count == 0 || !IsConnected || _waiting.Count > 0)
            return;
        for (var rest = _released.Span; rest.Length > 0;)
        {
            var message = new ReleaseTasks();
            message.Tasks.AddRange(NextBatch(ref rest));
            Outbox.Add(message);
        }
        _released.Clear();
    }

    /// <summary>A number for the next request's RequestId.</summary>
    public ulong NewRequest() => _nextRequest++;

    /// <summary>Asks the scheduler something.</summary>
    public void Ask(ulong requestId, ClientRequest request)
    {
        if (Loss is not null)
        {
            request.OnLost(Loss);
            return;
        }
        FlushReleases();
        _requests.Add(requestId, request);
        if (MustWait(request))
            _heldBack.Add(requestId);
        else if (IsConnected)
            Say(request);
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Forget(ulong requestId) => _requests.Remove(requestId);

    private bool EndSubmission(ulong id)
    {
        if (!_unanswered.Remove(id, out var submission))
            return false;
        submission.OnAnswered();
        return true;
    }

    /// <summary>Cuts off as many tasks as one message may name.</summary>
    private static ReadOnlySpan<TaskId> NextBatch(ref ReadOnlySpan<TaskId> rest)
    {
        var batch = rest[..Math.Min(rest.Length, Protocol.MaxTasksPerMessage)];
        rest = rest[batch.Length..];
        return batch;
    }

    private void SendWaiting()
    {
        while (IsConnected && _waiting.TryPeek(out var next) && next.IsReady)
        {
            _waiting.Dequeue();
            if (_unanswered.ContainsKey(next.Id))
                Say(next);
        }
        SayCancels();
        if (_heldBack.Count == 0 || !IsConnected || _waiting.Count > 0)
            return;
        foreach (var id in _heldBack)
        {
            if (_requests.TryGetValue(id, out var request))
                Say(request);
        }
        _heldBack.Clear();
    }

    /// <summary>
    /// Tasks that a question names may belong to a submission whose large arguments are on their way.
    /// </summary>
    private bool MustWait(ClientRequest request) => request.NamesTasks && _waiting.Count > 0;

    private void Say(Submission submission)
    {
        submission.IsSent = true;
        foreach (var function in submission.Functions)
            Define(function);
        var said = submission.SaidAhead.Connection == _connectionNumber ? submission.SaidAhead.Chunks : 0;
        submission.SaidAhead = default;
        if (submission.Spans is { } spans)
            Outbox.Add(spans);
        foreach (var chunk in submission.Chunks)
        {
            // Data that the chunks name comes in front of them, and was not said ahead.
            if (chunk is not SubmitTasks || said-- <= 0)
                Outbox.Add(chunk);
        }
    }

    private void Say(ClientRequest request)
    {
        if (request.Function is { } function)
            Define(function);
        if (request.Message is CoordinationCall call)
        {
            call.Connection = _connectionNumber;
            if (call.FirstConnection == 0)
                call.FirstConnection = _connectionNumber;
        }

        Outbox.Add(request.Message);
    }

    private void Define(FunctionDefinition function)
    {
        if (!_defined.Add(function.Id))
            return;
        var message = new DefineFunction { Id = function.Id, Name = function.Name, Body = function.Body };
        foreach (var assembly in function.Assemblies)
            message.Assemblies.Add(assembly.Content);
        Outbox.Add(message);
    }

    private static void FailPending(FutureSet set, FutureStatus status, FutureFailure failure)
    {
        for (var slot = 0; slot < set.Count; slot++)
        {
            if (set[slot].Status == FutureStatus.Pending)
                set.Become(slot, status, failure);
        }
    }
}
