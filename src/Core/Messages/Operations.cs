namespace TaskGraph.Messages;

/// <summary>Client to scheduler: run these failed tasks again, each from the inputs on that failed first.</summary>
public sealed class RetryTasks : Message
{
    public override MessageKind Kind => MessageKind.RetryTasks;

    public ulong RequestId { get; set; }

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        fields.Tasks(Tasks);
    }
}

/// <summary>Scheduler to client: these tasks had failed, and are under way again.</summary>
public sealed class TasksRetried : Message
{
    public override MessageKind Kind => MessageKind.TasksRetried;

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields) => fields.Tasks(Tasks);
}

/// <summary>Scheduler to client: an operation has ended; it answers everything of this file that has a RequestId.</summary>
public sealed class OperationReply : Message
{
    public override MessageKind Kind => MessageKind.OperationReply;

    public ulong RequestId { get; set; }

    /// <summary>Why it failed, in one line; empty = it succeeded.</summary>
    public string Error { get; set; } = "";

    /// <summary>What was done, in words for people; may be empty.</summary>
    public string Summary { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Error = fields.Value(Error);
        Summary = fields.Value(Summary);
    }
}
