using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>One value that may be set again and again; those who read it before it is set wait.</summary>
internal sealed class SharedVariable(CoordinationTable table, string label) : SharedObject(table, label)
{
    private readonly WaitingLine _getting = new();
    private SharedValue? _value;

    public override bool IsIdle => _value is null && _getting.Count == 0;

    public override void Handle(PendingCall call)
    {
        switch (call.Message.Operation)
        {
            case SharedOperation.Put:
                Table.Drop(_value);
                _value = call.Value;
                call.Value = null;
                Table.Note(this, new SharedNoted { Operation = SharedOperation.Put }, _value, call);
                Table.Answer(call, new CoordinationReply());
                Serve();
                break;
            case SharedOperation.Get when _value is not null:
                Table.AnswerWith(call, [_value], isLast: false, isNoted: false);
                break;
            case SharedOperation.Get:
                _getting.Add(call);
                break;
            case SharedOperation.Count:
                Table.Answer(call, new CoordinationReply { Number = _value is null ? 0 : 1 });
                break;
            case SharedOperation.Delete:
                Table.Drop(_value);
                _value = null;
                Table.Note(this, new SharedNoted { Operation = SharedOperation.Clear }, call: call);
                Table.Answer(call, new CoordinationReply());
                break;
            default:
                throw new MalformedMessageException($"{call.Message.Operation} of {Label}");
        }
    }

    public override void Restore(SharedNoted noted, SharedValue? value, CoordinationReply reply)
    {
        if (noted.Operation == SharedOperation.Get && _value is not null)
        {
            CoordinationTable.AddTo(reply, _value);
            return;
        }

        Table.Drop(_value);
        _value = value;
    }

    public override IEnumerable<(SharedNoted Noted, SharedValue? Value)> Snapshot()
    {
        if (_value is not null)
            yield return (new SharedNoted { Operation = SharedOperation.Put }, _value);
    }

    public override void Leave(PendingCall call) => _getting.Remove(call);

    public override void Serve()
    {
        while (_value is not null && _getting.FirstReachable is { } get)
        {
            _getting.Remove(get);

            // The journal says so, too: the value may be deleted, and this process gone, before the answer has come.
            Table.AnswerWith(get, [_value], isLast: false, isNoted: true);
        }
    }
}
