namespace TaskGraph.Messages;

/// <summary>Whether a submission was accepted, whole, or refused, whole.</summary>
public sealed class SubmissionReply : Message
{
    public override MessageKind Kind => MessageKind.SubmissionReply;

    public ulong Submission { get; set; }

    public bool Accepted { get; set; }

    /// <summary>Why not; empty when accepted.</summary>
    public string Error { get; set; } = "";

    /// <summary>What kind of refusal it is, for a typed exception.</summary>
    public RefusalKind Refusal { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        Submission = fields.Value(Submission);
        Accepted = fields.Value(Accepted);
        Error = fields.Value(Error);
        Refusal = (RefusalKind)fields.Value((int)Refusal);
    }
}

/// <summary>Why a submission was refused, where a program may want to tell.</summary>
public enum RefusalKind
{
    /// <summary>It was accepted, or there is nothing to tell but the words.</summary>
    None,

    /// <summary>A key is taken by a task of another definition.</summary>
    KeyConflict,

    /// <summary>Its tasks depend on each other in a circle.</summary>
    Cycle,
}

/// <summary>Results that exist now.</summary>
public sealed class TasksInMemory : Message
{
    public override MessageKind Kind => MessageKind.TasksInMemory;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Per task: bytes in the holder's memory.</summary>
    public MessageColumn<long> Bytes { get; } = new();

    /// <summary>Per task: one worker that holds it, by number.</summary>
    public MessageColumn<int> Holder { get; } = new();

    /// <summary>Rows (ascending) of the tasks whose encoded value comes with the message.</summary>
    public MessageColumn<int> InlineRows { get; } = new();

    /// <summary>The encoded values of <see cref="InlineRows"/>.</summary>
    public BlobColumn InlineValues { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Bytes, rows);
        fields.Column(Holder, rows);
        fields.Blobs(InlineValues, fields.Rows(InlineRows, rows));
    }
}

/// <summary>Tasks that have failed, with the reason. A dependent of a failed task names the task that failed first.</summary>
public sealed class TasksErred : Message
{
    public override MessageKind Kind => MessageKind.TasksErred;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Per task: its error; tasks that share a cause share the object.</summary>
    public List<TaskError> Errors { get; } = [];

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Errors(Errors, fields.Tasks(Tasks));
}

/// <summary>Tasks that were cancelled.</summary>
public sealed class TasksCancelled : Message
{
    public override MessageKind Kind => MessageKind.TasksCancelled;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public string Reason { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        fields.Tasks(Tasks);
        Reason = fields.Value(Reason);
    }
}

/// <summary>Results whose last copy is gone and that cannot be computed again (scattered data).</summary>
public sealed class TasksLost : Message
{
    public override MessageKind Kind => MessageKind.TasksLost;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>What was lost and why, in one line.</summary>
    public string Reason { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        fields.Tasks(Tasks);
        Reason = fields.Value(Reason);
    }
}

/// <summary>Answers <see cref="WhoHas"/>.</summary>
public sealed class WhoHasReply : Message
{
    public override MessageKind Kind => MessageKind.WhoHasReply;

    public ulong RequestId { get; set; }

    /// <summary>Per asked task: the id under which its holders keep it (an equal task submitted earlier may be the one that ran).</summary>
    public MessageColumn<TaskId> StoredAs { get; } = new();

    /// <summary>Per asked task: where its holders end in <see cref="Holders"/>.</summary>
    public MessageColumn<int> HolderEnds { get; } = new();

    /// <summary>Worker numbers.</summary>
    public MessageColumn<int> Holders { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        int rows = fields.Tasks(StoredAs);
        fields.Column(Holders, fields.Ends(HolderEnds, rows));
    }
}

/// <summary>What the scheduler knows of itself and its workers.</summary>
public sealed class ClusterInfo : Message
{
    public override MessageKind Kind => MessageKind.ClusterInfo;

    public ulong RequestId { get; set; }

    public string SchedulerAddress { get; set; } = "";

    public string SchedulerVersion { get; set; } = "";

    public int SchedulerProcessId { get; set; }

    /// <summary>Number of tasks the scheduler holds, by state name (Waiting, Queued, Processing, Memory, Erred …).</summary>
    public List<KeyValuePair<string, long>> TaskCounts { get; } = [];

    public List<WorkerInfo> Workers { get; } = [];

    /// <summary>
    /// Microseconds of the longest stop of the scheduler's process for the collection of garbage since its start.
    /// </summary>
    public long LongestGcPauseUs { get; set; }

    /// <summary>How many workers would have done all known work within five seconds.</summary>
    public int AdaptiveTarget { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        SchedulerAddress = fields.Value(SchedulerAddress);
        SchedulerVersion = fields.Value(SchedulerVersion);
        SchedulerProcessId = fields.Value(SchedulerProcessId);
        fields.List(
            TaskCounts,
    WriteCount, ReadCount);
        fields.List(Workers, WorkerInfo.Write, WorkerInfo.Read);
        LongestGcPauseUs = fields.Value(LongestGcPauseUs);
        AdaptiveTarget = fields.Value(AdaptiveTarget);
    }

    private static void WriteCount(ref MessagePackWriter writer, KeyValuePair<string, long> count)
    {
        writer.WriteArrayHeader(2);
        writer.Write(count.Key);
        writer.Write(count.Value);
    }

    private static KeyValuePair<string, long> ReadCount(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(2);
        return new(reader.ReadString() ?? "", reader.ReadInt64());
    }
}

/// <summary>One worker's answer to a <see cref="RunOnWorkers"/>, and whether it was the last.</summary>
public sealed class RunReply : Message
{
    public override MessageKind Kind => MessageKind.RunReply;

    public ulong RequestId { get; set; }

    /// <summary>How many workers were asked in all; 0 = none matched.</summary>
    public int WorkerCount { get; set; }

    public string WorkerAddress { get; set; } = "";

    public string WorkerName { get; set; } = "";

    /// <summary>The encoded value, when <see cref="Error"/> is null.</summary>
    public byte[] Value { get; set; } = [];

    public TaskError? Error { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        WorkerCount = fields.Value(WorkerCount);
        WorkerAddress = fields.Value(WorkerAddress);
        WorkerName = fields.Value(WorkerName);
        Value = fields.Value(Value);
        Error = fields.Error(Error);
    }
}
