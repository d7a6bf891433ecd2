namespace TaskGraph.Messages;

/// <summary>
/// Client to scheduler, and on to the worker that runs or holds the task: what happened to it there, as far as remembered?
/// </summary>
public sealed class TaskMovesRequest : Message
{
    public override MessageKind Kind => MessageKind.TaskMovesRequest;

    public ulong RequestId { get; set; }

    /// <summary>The task, where <see cref="Key"/> is empty.</summary>
    public TaskId Task { get; set; }

    /// <summary>The task's name, as the user gave it or as futures show it.</summary>
    public string Key { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
        Key = fields.Value(Key);
    }
}

/// <summary>Answers <see cref="TaskMovesRequest"/>.</summary>
public sealed class TaskMoves : Message
{
    public override MessageKind Kind => MessageKind.TaskMoves;

    public ulong RequestId { get; set; }

    /// <summary>The worker's name and address; empty = no worker runs or holds the task.</summary>
    public string Worker { get; set; } = "";

    /// <summary>One line per move.</summary>
    public string Text { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Worker = fields.Value(Worker);
        Text = fields.Value(Text);
    }
}
