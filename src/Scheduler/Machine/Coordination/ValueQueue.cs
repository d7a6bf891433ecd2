using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// A first-in, first-out queue of values, with or without a size. Those who put wait while it is full, those who get
/// while it is empty; both are served in the order of their coming.
/// </summary>
internal sealed class ValueQueue(CoordinationTable table, string label) : SharedObject(table, label)
{
    /// <summary>A reply takes no more bytes than this, unless one value alone does: it has to fit a frame.</summary>
    private const int MaxReplyBytes = 256 << 10;

    private readonly LinkedList<SharedValue> _values = [];
    private readonly WaitingLine _putting = new();
    private readonly WaitingLine _getting = new();
    private int _size;

    public override bool IsIdle => _size == 0 && _values.Count == 0 && _putting.Count == 0 && _getting.Count == 0;

    public override void Handle(PendingCall call)
    {
        switch (call.Message.Operation)
        {
            case SharedOperation.Put:
                Put(call);
                break;
            case SharedOperation.Get when call.Message.Limit < 1:
                throw new MalformedMessageException($"a Get of {call.Message.Limit} values");
            case SharedOperation.Get:
                _getting.Add(call);
                Serve();
                break;
            case SharedOperation.Count:
                Table.Answer(call, new CoordinationReply { Number = _values.Count });
                break;
            case SharedOperation.Delete:
                Clear(call);
                Table.Answer(call, new CoordinationReply());
                break;
            default:
                throw new MalformedMessageException($"{call.Message.Operation} of {Label}");
        }
    }

    public override void Leave(PendingCall call)
    {
        _putting.Remove(call);
        _getting.Remove(call);
    }

    public override void Serve()
    {
        while (true)
        {
            // What was put is there whoever still listens.
            while ((_size == 0 || _values.Count < _size) && _putting.First is { } put)
            {
                _putting.Remove(put);
                _values.AddLast(put.Value!);
                Table.Note(this, new SharedNoted { Operation = SharedOperation.Put }, put.Value, put);
                put.Value = null;
                Table.Answer(put, new CoordinationReply());
            }

            if (_values.Count == 0 || _getting.FirstReachable is not { } get)
                return;
            _getting.Remove(get);
            Table.AnswerWith(get, Take(get.Message.Limit), isLast: true, isNoted: true);
        }
    }

    public override void Restore(SharedNoted noted, SharedValue? value, CoordinationReply reply)
    {
        switch (noted.Operation)
        {
            case SharedOperation.Put:
                _values.AddLast(value!);
                break;
            case SharedOperation.Get:
                for (int i = 0; i < noted.Limit && _values.First is { } first; i++)
                {
                    _values.RemoveFirst();
                    CoordinationTable.AddTo(reply, first.Value);
                    Table.Drop(first.Value);
                }

                break;
            case SharedOperation.Count:
                _size = noted.Limit;
                break;
            default:
                Empty();
                break;
        }
    }

    public override IEnumerable<(SharedNoted Noted, SharedValue? Value)> Snapshot()
    {
        if (_size > 0)
            yield return (new SharedNoted { Operation = SharedOperation.Count, Limit = _size }, null);
        foreach (SharedValue value in _values)
            yield return (new SharedNoted { Operation = SharedOperation.Put }, value);
    }

    private void Put(PendingCall call)
    {
        int size = call.Message.Limit;
        if (size > 0 && _size > 0 && size != _size)
        {
            Table.Refuse(call, $"{Label} was made for {_size} values, not for {size}; use the same size everywhere");
            return;
        }

        if (size > _size)
        {
            _size = size;
            Table.NoteRoom(this, size);
        }

        _putting.Add(call);
        Serve();
    }

    private List<SharedValue> Take(int limit)
    {
        List<SharedValue> taken = [];
        int bytes = 0, tasks = 0;
        while (taken.Count < limit && _values.First?.Value is { } value)
        {
            bytes += value.Bytes.Length;
            tasks += value.TaskCount;
            bool isFull = bytes > MaxReplyBytes || tasks > CoordinationTable.MaxTasksPerValue;
            if (taken.Count > 0 && (isFull || taken.Count == Protocol.MaxTasksPerMessage))
                break;
            taken.Add(value);
            _values.RemoveFirst();
        }

        return taken;
    }

    private void Clear(PendingCall call)
    {
        Empty();
        Table.Note(this, new SharedNoted { Operation = SharedOperation.Clear }, call: call);
        Serve();
    }

    private void Empty()
    {
        foreach (SharedValue value in _values)
            Table.Drop(value);
        _values.Clear();
        _size = 0;
    }
}
