namespace TaskGraph.Messages;

/// <summary>How the tasks of a <see cref="SubmitTasks"/> get their keys.</summary>
public enum KeyForm : byte
{
    /// <summary>No two calls share: the task's id is its key (<c>Pure = false</c>, raw graphs without names).</summary>
    Unique,

    /// <summary>A hash of function and arguments per task: equal calls share one task.</summary>
    Hashed,

    /// <summary>One hash for the whole submission (function and argument columns), plus the index: equal <c>Map</c>s share.</summary>
    Range,

    /// <summary>The user's names, in UTF-8; an empty name means unique.</summary>
    Named,
}

/// <summary>
/// New tasks: the whole submission, or one chunk of it. The scheduler stages chunks and accepts or refuses the
/// submission whole when the chunk marked <see cref="IsLast"/> has arrived. Rows are tasks
/// <see cref="FirstIndex"/> … <see cref="FirstIndex"/> + <see cref="Count"/> − 1 of the submission.
/// </summary>
public sealed class SubmitTasks : Message
{
    public override MessageKind Kind => MessageKind.SubmitTasks;

    /// <summary>The submission; a repeated submit of the same id is answered again, and changes nothing.</summary>
    public ulong Submission { get; set; }

    /// <summary>The index of the first row of this chunk.</summary>
    public int FirstIndex { get; set; }

    /// <summary>How many tasks this chunk holds.</summary>
    public int Count { get; set; }

    /// <summary>Whether this chunk ends the submission.</summary>
    public bool IsLast { get; set; }

    public KeyForm KeyForm { get; set; }

    /// <summary>For <see cref="KeyForm.Range"/>: the hash of the whole submission.</summary>
    public Hash128 RangeKey { get; set; }

    /// <summary>For <see cref="KeyForm.Hashed"/>: one hash per task.</summary>
    public MessageColumn<Hash128> KeyHashes { get; } = new();

    /// <summary>For <see cref="KeyForm.Named"/>: one UTF-8 name per task.</summary>
    public BlobColumn KeyNames { get; } = new();

    /// <summary>The functions that the tasks call, each once; all defined earlier by <see cref="DefineFunction"/>.</summary>
    public MessageColumn<Hash128> Functions { get; } = new();

    /// <summary>Per task: index into <see cref="Functions"/>.</summary>
    public MessageColumn<int> FunctionIndex { get; } = new();

    /// <summary>Per task: its encoded arguments (see docs/protocol.md, "arguments").</summary>
    public BlobColumn Arguments { get; } = new();

    /// <summary>Per task: where its dependencies end in <see cref="Dependencies"/>.</summary>
    public MessageColumn<int> DependencyEnds { get; } = new();

    /// <summary>The dependencies of all tasks, in argument order, without repetition within a task.</summary>
    public MessageColumn<TaskId> Dependencies { get; } = new();

    /// <summary>Per task: its place in the static order of the graph (smaller runs first).</summary>
    public MessageColumn<int> Order { get; } = new();

    /// <summary>Per task: the user's priority, larger first.</summary>
    public MessageColumn<int> UserPriority { get; } = new();

    /// <summary>Per task: how often it may be run again after it has thrown.</summary>
    public MessageColumn<int> Retries { get; } = new();

    /// <summary>Per task: milliseconds that one run may take; 0 = no limit.</summary>
    public MessageColumn<int> TimeoutMs { get; } = new();

    /// <summary>Per task: <see cref="SubmitFlags"/>.</summary>
    public MessageColumn<byte> Flags { get; } = new();

    /// <summary>Sets of worker names, addresses or hosts that tasks are restricted to.</summary>
    public List<string[]> Restrictions { get; } = [];

    /// <summary>Per task: index into <see cref="Restrictions"/>, −1 = any worker.</summary>
    public MessageColumn<int> RestrictionIndex { get; } = new();

    /// <summary>Sets of resources that tasks take.</summary>
    public List<ResourceAmount[]> ResourceSets { get; } = [];

    /// <summary>Per task: index into <see cref="ResourceSets"/>, −1 = none.</summary>
    public MessageColumn<int> ResourceIndex { get; } = new();

    /// <summary>
    /// Inputs of task <see cref="FirstIndex"/> that chunks before this one have named: they come in front of its own.
    /// </summary>
    public int InputsBefore { get; set; }

    /// <summary>
    /// Inputs of the task after this chunk's last one, in front of those that later chunks name. A task with more
    /// inputs than a message may have sends them ahead in chunks without rows.
    /// </summary>
    public MessageColumn<TaskId> InputsAhead { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Submission = fields.Value(Submission);
        FirstIndex = fields.Value(FirstIndex);
        Count = fields.Rows(Count);
        IsLast = fields.Value(IsLast);
        KeyForm = (KeyForm)fields.Value((int)KeyForm);
        RangeKey = fields.Value(RangeKey);
        fields.Column(KeyHashes, KeyForm == KeyForm.Hashed ? Count : 0);
        fields.Blobs(KeyNames, KeyForm == KeyForm.Named ? Count : 0);
        fields.FreeColumn(Functions);
        fields.Column(FunctionIndex, Count);
        fields.Blobs(Arguments, Count);
        int dependencies = fields.Ends(DependencyEnds, Count);
        fields.Tasks(Dependencies, dependencies);
        fields.Column(Order, Count);
        fields.Column(UserPriority, Count);
        fields.Column(Retries, Count);
        fields.Column(TimeoutMs, Count);
        fields.Column(Flags, Count);
        fields.List(Restrictions, MessageFields.WriteStrings, MessageFields.ReadStrings);
        fields.Column(RestrictionIndex, Count, missing: -1);
        fields.List(ResourceSets, ResourceAmount.WriteSet, ResourceAmount.ReadSet);
        fields.Column(ResourceIndex, Count, missing: -1);
        InputsBefore = fields.Value(InputsBefore);
        fields.Tasks(InputsAhead);
    }
}

/// <summary>Per-task bits of a <see cref="SubmitTasks"/>.</summary>
[Flags]
public enum SubmitFlags : byte
{
    None = 0,

    /// <summary>The client holds a future of the task.</summary>
    Wanted = 1,

    /// <summary>The worker restriction is a preference: other workers may run the task if none of these can.</summary>
    AllowOtherWorkers = 2,

    /// <summary>Its value is an object that stays on its worker: an actor.</summary>
    Actor = 4,

    /// <summary>A run that takes far longer than others of its function may get a second one beside it.</summary>
    Speculate = 8,
}

/// <summary>The client's last handle of these tasks is gone.</summary>
public sealed class ReleaseTasks : Message
{
    public override MessageKind Kind => MessageKind.ReleaseTasks;

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Tasks(Tasks);
}

/// <summary>
/// After a reconnect: every task that the client still holds a future of, in as many messages as it takes. What it
/// wanted before and does not name has been released (the release was lost with the connection); what it names and the
/// scheduler does not want for it any more is answered by <see cref="TasksLost"/>.
/// </summary>
public sealed class TasksHeld : Message
{
    public override MessageKind Kind => MessageKind.TasksHeld;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Whether all tasks have been named now.</summary>
    public bool IsLast { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        fields.Tasks(Tasks);
        IsLast = fields.Value(IsLast);
    }
}

/// <summary>Give up these tasks and everything that depends on them.</summary>
public sealed class CancelTasks : Message
{
    public override MessageKind Kind => MessageKind.CancelTasks;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Cancel also what other clients want.</summary>
    public bool Force { get; set; }

    /// <summary>Shown in the <c>TaskCancelledException</c> of everybody who waits; may be empty.</summary>
    public string Reason { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        fields.Tasks(Tasks);
        Force = fields.Value(Force);
        Reason = fields.Value(Reason);
    }
}

/// <summary>Asks which workers hold the results of tasks.</summary>
public sealed class WhoHas : Message
{
    public override MessageKind Kind => MessageKind.WhoHas;

    public ulong RequestId { get; set; }

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        fields.Tasks(Tasks);
    }
}

/// <summary>
/// Data that the client has put on workers (scatter): the tasks of this submission exist, have no function, and are in
/// memory. Answered by a <see cref="SubmissionReply"/>.
/// </summary>
public sealed class RegisterData : Message
{
    public override MessageKind Kind => MessageKind.RegisterData;

    public ulong Submission { get; set; }

    /// <summary>Per task: the worker that holds it, by <see cref="WorkersJoined.Numbers"/>.</summary>
    public MessageColumn<int> Workers { get; } = new();

    /// <summary>Per task: its bytes in memory.</summary>
    public MessageColumn<long> Bytes { get; } = new();

    /// <summary>Per task: its name; empty = the id.</summary>
    public BlobColumn KeyNames { get; } = new();

    /// <summary>
    /// Whether the names stand for the contents: data of a name that is there already is shared, and this copy is dropped.
    /// </summary>
    public bool SharesEqual { get; set; }

    /// <summary>The epoch of the scheduler whose numbers <see cref="Workers"/> are; 0 = of the one that is told.</summary>
    public ulong Epoch { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        Submission = fields.Value(Submission);
        int rows = fields.FreeColumn(Workers);
        fields.Column(Bytes, rows);
        fields.Blobs(KeyNames, rows);
        SharesEqual = fields.Value(SharesEqual);
        Epoch = fields.Value(Epoch);
    }
}

/// <summary>Asks for a <see cref="ClusterInfo"/>.</summary>
public sealed class ClusterInfoRequest : Message
{
    public override MessageKind Kind => MessageKind.ClusterInfoRequest;

    public ulong RequestId { get; set; }

    protected internal override void Fields(ref MessageFields fields) => RequestId = fields.Value(RequestId);
}

/// <summary>Run a function once on workers, outside the task system.</summary>
public sealed class RunOnWorkers : Message
{
    public override MessageKind Kind => MessageKind.RunOnWorkers;

    public ulong RequestId { get; set; }

    public Hash128 Function { get; set; }

    public byte[] Arguments { get; set; } = [];

    /// <summary>Names or addresses; empty = all workers.</summary>
    public string[] Workers { get; set; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Function = fields.Value(Function);
        Arguments = fields.Value(Arguments);
        Workers = fields.Strings(Workers);
    }
}

/// <summary>
/// Futures that came to the client inside a value: tasks of other submissions, which it wants from now on as tasks 0, 1, …
/// of <see cref="Submission"/>. Answered by a <see cref="SubmissionReply"/> and where each of them stands; one that is
/// not known any more by <see cref="TasksLost"/>.
/// </summary>
public sealed class ClaimTasks : Message
{
    public override MessageKind Kind => MessageKind.ClaimTasks;

    public ulong Submission { get; set; }

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Submission = fields.Value(Submission);
        fields.Tasks(Tasks);
    }
}
