using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>A flag; those who wait for it go on when it is set, all at once.</summary>
internal sealed class EventFlag(CoordinationTable table, string label) : SharedObject(table, label)
{
    private readonly WaitingLine _waiting = new();
    private bool _isSet;

    public override bool IsIdle => !_isSet && _waiting.Count == 0;

    public override void Handle(PendingCall call)
    {
        switch (call.Message.Operation)
        {
            case SharedOperation.Put:
                _isSet = true;
                Table.Note(this, new SharedNoted { Operation = SharedOperation.Put }, call.Value, call);
                Table.Answer(call, new CoordinationReply());
                Serve();
                break;
            case SharedOperation.Get when _isSet:
                Table.Answer(call, new CoordinationReply());
                break;
            case SharedOperation.Get:
                _waiting.Add(call);
                break;
            case SharedOperation.Count:
                Table.Answer(call, new CoordinationReply { Number = _isSet ? 1 : 0 });
                break;
            case SharedOperation.Clear or SharedOperation.Delete:
                _isSet = false;
                Table.Note(this, new SharedNoted { Operation = SharedOperation.Clear }, call: call);
                Table.Answer(call, new CoordinationReply());
                break;
            default:
                throw new MalformedMessageException($"{call.Message.Operation} of {Label}");
        }
    }

    public override void Restore(SharedNoted noted, SharedValue? value, CoordinationReply reply)
    {
        _isSet = noted.Operation == SharedOperation.Put;
        Table.Drop(value);
    }

    public override IEnumerable<(SharedNoted Noted, SharedValue? Value)> Snapshot()
    {
        if (_isSet)
            yield return (new SharedNoted { Operation = SharedOperation.Put }, null);
    }

    public override void Leave(PendingCall call) => _waiting.Remove(call);

    public override void Serve()
    {
        // Also those who cannot be told now: the flag was set while they waited, whatever it is when they come back.
        while (_isSet && _waiting.First is { } call)
        {
            _waiting.Remove(call);

            // The journal says so, too: the flag may be cleared, and this process gone, before they are back.
            Table.Note(this, new SharedNoted { Operation = SharedOperation.Put }, call: call);
            Table.Answer(call, new CoordinationReply());
        }
    }
}
