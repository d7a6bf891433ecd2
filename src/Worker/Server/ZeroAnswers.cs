using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Server;

/// <summary>What a zero worker says to the scheduler's messages of one turn, in batches that are used again.</summary>
internal sealed class ZeroAnswers
{
    // The encoded 0: one byte that decodes as any number.
    private static readonly byte[] s_value = [0];

    private readonly TasksFinished _finished = new();
    private readonly TasksRetracted _retracted = new();
    private readonly List<Message> _others = [];

    /// <summary>Notes the answer to a message; most need none.</summary>
    public void Take(Message message)
    {
        switch (message)
        {
            case ComputeTasks compute:
                Finish(compute);
                break;
            case RetractTasks retract:
                Refuse(retract);
                break;
            case RunFunction run:
                _others.Add(new FunctionResult { RequestId = run.RequestId, Error = RunsNothing() });
                break;
            case LogRequest request:
                _others.Add(new LogReply { RequestId = request.RequestId });
                break;
            case DumpRequest request:
                _others.Add(new DumpReply
                {
                    RequestId = request.RequestId,
                    Json = request.From < 0 ? "{\"is_zero\":true}"u8.ToArray() : "[]"u8.ToArray(),
                    Next = -1,
                });
                break;
            case TaskMovesRequest request:
                _others.Add(new TaskMoves { RequestId = request.RequestId, Text = "  a zero worker remembers nothing" });
                break;
        }
    }

    /// <summary>Writes the answers, and forgets them. False = there was nothing to say.</summary>
    public bool WriteTo(Connection scheduler)
    {
        var isAny = _finished.Tasks.Count > 0 || _retracted.Tasks.Count > 0 || _others.Count > 0;
        if (_finished.Tasks.Count > 0)
            scheduler.Write(_finished);
        if (_retracted.Tasks.Count > 0)
            scheduler.Write(_retracted);
        foreach (var message in _others)
            scheduler.Write(message);
        Clear();
        return isAny;
    }

    private void Finish(ComputeTasks compute)
    {
        var first = _finished.Tasks.Count;
        _finished.Tasks.AddRange(compute.Tasks.Span);
        _finished.Attempts.AddRange(compute.Attempts.Span);
        for (var i = 0; i < compute.Tasks.Count; i++)
        {
            _finished.Bytes.Add(s_value.Length);
            _finished.DurationUs.Add(0);
            if (((ComputeFlags)compute.Flags[i] & ComputeFlags.InlineResult) == 0)
                continue;
            _finished.InlineRows.Add(first + i);
            _finished.InlineValues.Add(s_value);
        }
    }

    /// <summary>Whatever is asked back has been answered already.</summary>
    private void Refuse(RetractTasks retract)
    {
        _retracted.Tasks.AddRange(retract.Tasks.Span);
        _retracted.Attempts.AddRange(retract.Attempts.Span);
        for (var i = 0; i < retract.Tasks.Count; i++)
            _retracted.Accepted.Add(0);
    }

    private void Clear()
    {
        _finished.Tasks.Clear();
        _finished.Attempts.Clear();
        _finished.Bytes.Clear();
        _finished.DurationUs.Clear();
        _finished.InlineRows.Clear();
        _finished.InlineValues.Clear();
        _retracted.Tasks.Clear();
        _retracted.Attempts.Clear();
        _retracted.Accepted.Clear();
        _others.Clear();
    }

    private static TaskError RunsNothing() => new(
        TaskErrorKind.FunctionNotLoaded,
        typeof(FunctionNotLoadedException).FullName!,
        "This is a zero worker: it runs nothing.",
        "",
        "",
        "");
}
