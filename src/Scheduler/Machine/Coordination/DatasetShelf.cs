using System.Text;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>The published datasets, or the metadata: values by name that stay until they are taken away.</summary>
internal sealed class DatasetShelf(CoordinationTable table, string label = "the datasets") : SharedObject(table, label)
{
    private const int MaxNamesPerReply = 512;

    private readonly SortedList<string, SharedValue> _datasets = new(StringComparer.Ordinal);

    public override bool IsIdle => _datasets.Count == 0;

    public override void Handle(PendingCall call)
    {
        string name = call.Message.Name;
        switch (call.Message.Operation)
        {
            case SharedOperation.Put:
                Publish(call);
                break;
            case SharedOperation.Get when _datasets.TryGetValue(name, out SharedValue? value):
                Table.AnswerWith(call, [value], isLast: false, isNoted: false);
                break;
            case SharedOperation.Delete when _datasets.Remove(name, out SharedValue? value):
                Table.Drop(value);
                Table.Note(this, new SharedNoted { Operation = SharedOperation.Clear, Name = name }, call: call);
                Table.Answer(call, new CoordinationReply());
                break;
            case SharedOperation.Get or SharedOperation.Delete:
                Table.Answer(call, new CoordinationReply { Outcome = SharedOutcome.Missing });
                break;
            case SharedOperation.List:
                Table.Answer(call, NamesAfter(name));
                break;
            default:
                throw new MalformedMessageException($"{call.Message.Operation} of {Label}");
        }
    }

    /// <summary>All datasets.</summary>
    public IEnumerable<KeyValuePair<string, SharedValue>> All => _datasets;

    public override void Restore(SharedNoted noted, SharedValue? value, CoordinationReply reply)
    {
        if (_datasets.Remove(noted.Name, out SharedValue? earlier))
            Table.Drop(earlier);
        if (value is not null)
            _datasets[noted.Name] = value;
    }

    public override IEnumerable<(SharedNoted Noted, SharedValue? Value)> Snapshot()
    {
        foreach ((string name, SharedValue value) in _datasets)
            yield return (new SharedNoted { Operation = SharedOperation.Put, Name = name }, value);
    }

    public override void Leave(PendingCall call)
    {
        // No call waits here.
    }

    public override void Serve()
    {
        // No call waits here.
    }

    private void Publish(PendingCall call)
    {
        string name = call.Message.Name;
        if (_datasets.TryGetValue(name, out SharedValue? earlier))
        {
            if (call.Message.Limit == 0)
            {
                Table.Refuse(call, $"a dataset named {name} is published already; unpublish it first, or replace it");
                return;
            }

            Table.Drop(earlier);
        }

        _datasets[name] = call.Value!;
        Table.Note(this, new SharedNoted { Operation = SharedOperation.Put, Name = name }, call.Value, call);
        call.Value = null;
        Table.Answer(call, new CoordinationReply());
    }

    private CoordinationReply NamesAfter(string name)
    {
        CoordinationReply reply = new();
        foreach (string next in _datasets.Keys)
        {
            if (string.CompareOrdinal(next, name) <= 0 || reply.Count == MaxNamesPerReply)
                continue;
            reply.Values.Add(Encoding.UTF8.GetBytes(next));
            reply.TaskEnds.Add(0);
            reply.Count++;
        }

        return reply;
    }
}
