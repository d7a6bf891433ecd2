using TaskGraph.Messages;

namespace TaskGraph;

// What a new, a cut and a lost connection mean.
internal sealed partial class ClientMachine
{
    /// <summary>
    /// A connection to the scheduler stands. Whatever it has not answered is said again; submissions are recognised by
    /// their number, so saying one twice does no harm.
    /// </summary>
    /// <param name="epoch">The scheduler's epoch: a new one means that it was restarted.</param>
    /// <param name="isKnown">Whether a restarted scheduler still knows this client and its tasks.</param>
    /// <returns>Whether it was restarted and does not know this client: its leases are gone.</returns>
    public bool OnConnected(ulong epoch, bool isKnown = false)
    {
        var restarted = _epoch != 0 && epoch != _epoch;
        var forgotten = restarted && !isKnown;
        var isAgain = epoch == _epoch || (restarted && isKnown);
        _epoch = epoch;
        IsConnected = true;
        _connectionNumber++;
        Outbox.Clear();
        _defined.Clear();
        Workers.Clear();
        if (forgotten)
            LoseAnswered();
        var again = new List<Submission>();
        foreach (var submission in _unanswered.Values)
        {
            if (submission.IsSent)
                again.Add(submission);
        }
        again.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
#if PLANTED
        if (Diagnostics.PlantedBug.Is(25))
            again.Clear();
#endif
        foreach (var submission in again)
            Say(submission);
        if (isAgain)
            SayPending();
#if PLANTED
        forgotten &= !Diagnostics.PlantedBug.Is(24);
#endif
        if ((isAgain || forgotten) && _nextSequence > 0)
            SayHeld();
        _heldBack.Clear();
        SayCancelsAgain();
        SendWaiting();
        // In the order in which they were first said: the scheduler knows events that it has by the last number.
        foreach (var id in _requests.Keys.Order())
        {
            var request = _requests[id];
            if (MustWait(request))
                _heldBack.Add(id);
            else
                Say(request);
        }
        FlushReleases();
        return forgotten;
    }

    /// <summary>
    /// Releases, and news of ends, may have been lost with the last connection: says what is still held.
    /// </summary>
    private void SayHeld()
    {
#if PLANTED
        if (Diagnostics.PlantedBug.Is(18))
            return;
#endif
        var held = new MessageColumn<TaskId>();
        foreach (var set in _sets.Values)
        {
            if (_unanswered.TryGetValue(set.Submission, out var submission) && !submission.IsSent)
                continue;
            for (var slot = 0; slot < set.Count; slot++)
            {
                if (!set[slot].IsReleased)
                    held.Add(set.IdOf(slot));
            }

            held.AddRange(set.Attached);
        }

        // What waits to be released may be an input of a submission that waits to be sent: its release comes after that.
        held.AddRange(_released.Span);
        var rest = held.Span;
        do
        {
            var message = new TasksHeld();
            message.Tasks.AddRange(NextBatch(ref rest));
            message.IsLast = rest.Length == 0;
            Outbox.Add(message);
        }
        while (rest.Length > 0);
    }

    /// <summary>The connection was cut; the shell tries again.</summary>
    /// <param name="address">Where the scheduler was, for the errors of requests that must not be repeated.</param>
    /// <param name="reason">Why, in one line.</param>
    public void OnDisconnected(string address, string reason)
    {
        IsConnected = false;
        Outbox.Clear();
        var failure = new FutureFailure.SchedulerLost(address, reason);
        foreach (var (id, request) in new List<KeyValuePair<ulong, ClientRequest>>(_requests))
        {
            if (request.IsRepeatable)
                continue;
            _requests.Remove(id);
            request.OnLost(failure);
        }
    }

    /// <summary>No connection will come any more: everything pending is lost.</summary>
    public void OnSchedulerLost(string address, string reason)
    {
        IsConnected = false;
        Outbox.Clear();
        Loss = new FutureFailure.SchedulerLost(address, reason);
        foreach (var set in new List<FutureSet>(_sets.Values))
            FailPending(set, FutureStatus.Lost, Loss);
        foreach (var request in new List<ClientRequest>(_requests.Values))
            request.OnLost(Loss);
        _requests.Clear();
        _cancels.Clear();
        foreach (var submission in _unanswered.Values)
            submission.OnAnswered();
        _unanswered.Clear();
        _waiting.Clear();
    }

    /// <summary>The scheduler was restarted: it knows only what is said to it now.</summary>
    private void LoseAnswered()
    {
        var failure = new FutureFailure.SchedulerLost("", "it was restarted and no longer knows the task");
        foreach (var set in new List<FutureSet>(_sets.Values))
        {
            if (!_unanswered.ContainsKey(set.Submission))
                FailPending(set, FutureStatus.Lost, failure);
        }

        // Where data lies was said in numbers of workers; they mean others now, and the data has gone with its workers.
        foreach (var submission in new List<Submission>(_unanswered.Values))
        {
            if (!Array.Exists(submission.Chunks, chunk => chunk is RegisterData))
                continue;
            EndSubmission(submission.Id);
            if (!_sets.TryGetValue(submission.Id, out var set))
                continue;
            for (var slot = 0; slot < set.Count; slot++)
                End(set, slot, FutureStatus.Lost, failure);
        }
    }
}
