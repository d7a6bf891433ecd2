namespace TaskGraph.Messages;

/// <summary>
/// Run these tasks. In one turn of the scheduler a worker gets its messages in this order: DefineFunction,
/// WorkersJoined, FreeTasks of strays, ComputeInputs, ComputeTasks, RetractTasks, AbortTasks, FreeTasks.
/// So a free never overtakes a compute that needs the value, nor drops a value that a compute has just asked for.
/// </summary>
public sealed class ComputeTasks : Message
{
    public override MessageKind Kind => MessageKind.ComputeTasks;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Per task: the number of this dispatch; answers quote it, older ones are ignored.</summary>
    public MessageColumn<int> Attempts { get; } = new();

    /// <summary>Per task: smaller runs first.</summary>
    public MessageColumn<long> Priorities { get; } = new();

    public MessageColumn<Hash128> Functions { get; } = new();

    public MessageColumn<int> FunctionIndex { get; } = new();

    public BlobColumn Arguments { get; } = new();

    /// <summary>Per task: where its dependencies end in <see cref="Dependencies"/>.</summary>
    public MessageColumn<int> DependencyEnds { get; } = new();

    public MessageColumn<TaskId> Dependencies { get; } = new();

    /// <summary>Per dependency: bytes of the value at its holder.</summary>
    public MessageColumn<long> DependencyBytes { get; } = new();

    /// <summary>Per dependency: where its holders end in <see cref="Holders"/>; no holders = the worker has it itself.</summary>
    public MessageColumn<int> HolderEnds { get; } = new();

    /// <summary>Numbers of workers that hold the dependency (at most 3 are named).</summary>
    public MessageColumn<int> Holders { get; } = new();

    public MessageColumn<int> TimeoutMs { get; } = new();

    /// <summary>Per task: <see cref="ComputeFlags"/>.</summary>
    public MessageColumn<byte> Flags { get; } = new();

    /// <summary>Per task: its key for logs, errors and <c>TaskContext</c>; empty = function name and id.</summary>
    public BlobColumn KeyNames { get; } = new();

    /// <summary>Per task: how many of its inputs <see cref="ComputeInputs"/> have named: they come in front.</summary>
    public MessageColumn<int> InputsBefore { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Attempts, rows);
        fields.Column(Priorities, rows);
        fields.FreeColumn(Functions);
        fields.Column(FunctionIndex, rows);
        fields.Blobs(Arguments, rows);
        int dependencies = fields.Ends(DependencyEnds, rows);
        fields.Tasks(Dependencies, dependencies);
        fields.Column(DependencyBytes, dependencies);
        fields.Column(Holders, fields.Ends(HolderEnds, dependencies));
        fields.Column(TimeoutMs, rows);
        fields.Column(Flags, rows);
        fields.Blobs(KeyNames, rows);
        fields.Column(InputsBefore, rows);
    }
}

/// <summary>
/// Inputs of a task that has more of them than one message may name: in front of those in the
/// <see cref="ComputeTasks"/> that follows.
/// </summary>
public sealed class ComputeInputs : Message
{
    public override MessageKind Kind => MessageKind.ComputeInputs;

    /// <summary>The task that takes them.</summary>
    public TaskId Task { get; set; }

    /// <summary>The dispatch that they belong to.</summary>
    public int Attempt { get; set; }

    /// <summary>How many inputs earlier messages have named; 0 = these are the first.</summary>
    public int FirstInput { get; set; }

    public MessageColumn<TaskId> Dependencies { get; } = new();

    /// <summary>Per dependency: bytes of the value at its holder.</summary>
    public MessageColumn<long> DependencyBytes { get; } = new();

    /// <summary>Per dependency: where its holders end in <see cref="Holders"/>; no holders = the worker has it itself.</summary>
    public MessageColumn<int> HolderEnds { get; } = new();

    /// <summary>Numbers of workers that hold the dependency (at most 3 are named).</summary>
    public MessageColumn<int> Holders { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Task = fields.Value(Task);
        Attempt = fields.Value(Attempt);
        FirstInput = fields.Value(FirstInput);
        int rows = fields.Tasks(Dependencies);
        fields.Column(DependencyBytes, rows);
        fields.Column(Holders, fields.Ends(HolderEnds, rows));
    }
}

/// <summary>Per-task bits of a <see cref="ComputeTasks"/>.</summary>
[Flags]
public enum ComputeFlags : byte
{
    None = 0,

    /// <summary>A client wants the value: send it along with <see cref="TasksFinished"/> if it is at most 1 KiB.</summary>
    InlineResult = 1,

    /// <summary>The value is an actor: it stays, and the task's value on the wire is a reference to it.</summary>
    Actor = 2,
}

/// <summary>Drop these values: nobody needs them any more.</summary>
public sealed class FreeTasks : Message
{
    public override MessageKind Kind => MessageKind.FreeTasks;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Per task: a value or a run of a later attempt than this is kept.</summary>
    public MessageColumn<int> Attempts { get; } = new();

    /// <summary>
    /// Above 0 where other copies stay: the number of this message, counted per session. The worker's next
    /// <see cref="ReplicasAdded"/> names it, so that what it had said before is told from what it says after.
    /// </summary>
    public int Number { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        fields.Column(Attempts, fields.Tasks(Tasks));
        Number = fields.Value(Number);
    }
}

/// <summary>Give these tasks back if they have not started; answered by <see cref="TasksRetracted"/>.</summary>
public sealed class RetractTasks : Message
{
    public override MessageKind Kind => MessageKind.RetractTasks;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Attempts { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Column(Attempts, fields.Tasks(Tasks));
}

/// <summary>
/// Stop these tasks: cancelled. Queued ones are dropped, running ones see their cancellation token; no answer is expected.
/// </summary>
public sealed class AbortTasks : Message
{
    public override MessageKind Kind => MessageKind.AbortTasks;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Attempts { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Column(Attempts, fields.Tasks(Tasks));
}

/// <summary>Run a function once, at once, outside the task system; answered by <see cref="FunctionResult"/>.</summary>
public sealed class RunFunction : Message
{
    public override MessageKind Kind => MessageKind.RunFunction;

    public ulong RequestId { get; set; }

    public Hash128 Function { get; set; }

    public byte[] Arguments { get; set; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Function = fields.Value(Function);
        Arguments = fields.Value(Arguments);
    }
}

/// <summary>Answers <see cref="DataMissing"/>: where the values are now; none = being computed again, a later message will tell.</summary>
public sealed class HoldersRefreshed : Message
{
    public override MessageKind Kind => MessageKind.HoldersRefreshed;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> HolderEnds { get; } = new();

    public MessageColumn<int> Holders { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Column(Holders, fields.Ends(HolderEnds, fields.Tasks(Tasks)));
}

/// <summary>Workers that joined: their numbers mean them in all later messages on this connection.</summary>
public sealed class WorkersJoined : Message
{
    public override MessageKind Kind => MessageKind.WorkersJoined;

    public MessageColumn<int> Numbers { get; } = new();

    public List<string> Addresses { get; } = [];

    public List<string> Names { get; } = [];

    public MessageColumn<int> Threads { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.FreeColumn(Numbers);
        fields.Strings(Addresses, rows);
        fields.Strings(Names, rows);
        fields.Column(Threads, rows);
    }
}

/// <summary>Workers that are gone. Their numbers are not used again.</summary>
public sealed class WorkersLeft : Message
{
    public override MessageKind Kind => MessageKind.WorkersLeft;

    public MessageColumn<int> Numbers { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.FreeColumn(Numbers);
}
