using TaskGraph.Messages;

namespace TaskGraph;

// What calls of coordination objects need of the machine.
internal sealed partial class ClientMachine
{
    private readonly List<ulong> _answered = [];
    private bool _hasCalled;

    /// <summary>Whether the scheduler still keeps replies that have come.</summary>
    public bool HasAnswered => _answered.Count > 0;

    /// <summary>The reply to a call has come: the scheduler is told with what is said next.</summary>
    public void NoteAnswered(ulong requestId)
    {
        _hasCalled = true;
        _answered.Add(requestId);
    }

    /// <summary>Moves what is to be told about replies that have come into a message.</summary>
    public void TakeAnswered(MessageColumn<ulong> into)
    {
        foreach (var request in _answered)
            into.Add(request);
        _answered.Clear();
    }

    /// <summary>Takes in futures that another client has made.</summary>
    public void Adopt(FutureSet set)
    {
        _nextSequence++;
        _sets.Add(set.Submission, set);
    }

    /// <summary>Says that a call's caller has given up; the call's own end is waited for all the same.</summary>
    public void GiveUp(CoordinationCall cancel)
    {
        if (IsConnected)
            Outbox.Add(cancel);
    }

    /// <summary>
    /// After a reconnect: which calls still wait for their replies; what was told of others may be lost.
    /// </summary>
    private void SayPending()
    {
        if (!_hasCalled)
            return;
        var message = new CallsPending();
        foreach (var (id, request) in _requests)
        {
            if (request.Message is CoordinationCall)
                message.Requests.Add(id);
        }
        Outbox.Add(message);
        _answered.Clear();
    }
}
