namespace TaskGraph.Messages;

/// <summary>Tasks that have run; their values are in the worker's store.</summary>
public sealed class TasksFinished : Message
{
    public override MessageKind Kind => MessageKind.TasksFinished;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Attempts { get; } = new();

    /// <summary>Per task: bytes of the value in memory.</summary>
    public MessageColumn<long> Bytes { get; } = new();

    /// <summary>Per task: microseconds that the function ran.</summary>
    public MessageColumn<int> DurationUs { get; } = new();

    /// <summary>Rows (ascending) whose encoded value comes with the message.</summary>
    public MessageColumn<int> InlineRows { get; } = new();

    public BlobColumn InlineValues { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Attempts, rows);
        fields.Column(Bytes, rows);
        fields.Column(DurationUs, rows);
        fields.Blobs(InlineValues, fields.Rows(InlineRows, rows));
    }
}

/// <summary>Tasks that have failed on this worker.</summary>
public sealed class TasksFailed : Message
{
    public override MessageKind Kind => MessageKind.TasksFailed;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Attempts { get; } = new();

    public List<TaskError> Errors { get; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Attempts, rows);
        fields.Errors(Errors, rows);
    }
}

/// <summary>Answers <see cref="RetractTasks"/>, task by task.</summary>
public sealed class TasksRetracted : Message
{
    public override MessageKind Kind => MessageKind.TasksRetracted;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Attempts { get; } = new();

    /// <summary>Per task: 1 = given back, 0 = it has already started or finished.</summary>
    public MessageColumn<byte> Accepted { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Attempts, rows);
        fields.Column(Accepted, rows);
    }
}

/// <summary>
/// Running tasks that gave up their slot (long-running), so that the worker has room for others, or hold it again.
/// </summary>
public sealed class TasksSeceded : Message
{
    public override MessageKind Kind => MessageKind.TasksSeceded;

    /// <summary>In the order in which it happened; a task may come more than once.</summary>
    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Attempts { get; } = new();

    /// <summary>Per task: 1 = it holds a slot again, 0 = it gave it up.</summary>
    public MessageColumn<byte> Rejoined { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Attempts, rows);
        fields.Column(Rejoined, rows);
    }
}

/// <summary>Values that this worker has fetched and can serve as well.</summary>
public sealed class ReplicasAdded : Message
{
    public override MessageKind Kind => MessageKind.ReplicasAdded;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<long> Bytes { get; } = new();

    /// <summary>The last numbered <see cref="FreeTasks"/> that the worker has carried out, 0 = none.</summary>
    public int LastFree { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        fields.Column(Bytes, fields.Tasks(Tasks));
        LastFree = fields.Value(LastFree);
    }
}

/// <summary>Values that this worker no longer holds although nobody asked it to drop them.</summary>
public sealed class ReplicasRemoved : Message
{
    public override MessageKind Kind => MessageKind.ReplicasRemoved;

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Tasks(Tasks);
}

/// <summary>
/// Inputs that could not be fetched from a named holder: it said that it has not got them
/// (<see cref="Gone"/> = 1: the scheduler strikes it off), or it could not be reached (0: nobody is blamed, another holder is asked for).
/// </summary>
public sealed class DataMissing : Message
{
    public override MessageKind Kind => MessageKind.DataMissing;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Holders { get; } = new();

    public MessageColumn<byte> Gone { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Holders, rows);
        fields.Column(Gone, rows);
    }
}

/// <summary>Answers <see cref="RunFunction"/>.</summary>
public sealed class FunctionResult : Message
{
    public override MessageKind Kind => MessageKind.FunctionResult;

    public ulong RequestId { get; set; }

    public byte[] Value { get; set; } = [];

    public TaskError? Error { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Value = fields.Value(Value);
        Error = fields.Error(Error);
    }
}

/// <summary>
/// Bytes that running tasks report while they run (progress of a training, say), passed on to the clients that want
/// the task. At most 256 KiB each.
/// </summary>
public sealed class TasksReported : Message
{
    public override MessageKind Kind => MessageKind.TasksReported;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public BlobColumn Reports { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Blobs(Reports, fields.Tasks(Tasks));
}
