using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// One submission on its way: kept until the scheduler has answered it, so that it can be said again.
/// </summary>
internal sealed class Submission(ulong id, Message[] chunks, FunctionDefinition[] functions)
{
    private Action? _whenAnswered;

    /// <summary>Its durable number.</summary>
    public ulong Id { get; } = id;

    /// <summary>What to send, in order: <see cref="SubmitTasks"/>, or <see cref="RegisterData"/>.</summary>
    public Message[] Chunks { get; set; } = chunks;

    /// <summary>The functions that its tasks call.</summary>
    public FunctionDefinition[] Functions { get; } = functions;

    /// <summary>The spans of its tasks, said before them; null = they have none.</summary>
    public SpansNoted? Spans { get; init; }

    /// <summary>False while large arguments are still being put on workers; later submissions wait behind it.</summary>
    public bool IsReady { get; set; } = true;

    /// <summary>What of it was sent while it was being written.</summary>
    public SaidAhead SaidAhead { get; set; }

    /// <summary>Whether it has been sent on some connection.</summary>
    public bool IsSent { get; set; }

    /// <summary>Place in the order of submissions, given by the machine.</summary>
    public long Sequence { get; set; }

    /// <summary>Calls <paramref name="then"/> once the scheduler has answered it, or never will.</summary>
    public void WhenAnswered(Action then) => _whenAnswered += then;

    /// <summary>It need not be said again.</summary>
    public void OnAnswered() => _whenAnswered?.Invoke();
}
