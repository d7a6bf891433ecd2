namespace TaskGraph.Messages;

/// <summary>What a <see cref="CoordinationCall"/> is about. Every kind has names of its own.</summary>
public enum SharedKind : byte
{
    Lock = 0,
    Semaphore = 1,
    Queue = 2,
    Variable = 3,
    Event = 4,
    Dataset = 5,

    /// <summary>Several locks at once: <see cref="CoordinationCall.Names"/>.</summary>
    LockSet = 6,

    /// <summary>Metadata: values by path.</summary>
    Metadata = 7,
}

/// <summary>What a <see cref="CoordinationCall"/> asks for.</summary>
public enum SharedOperation : byte
{
    /// <summary>A lease of a lock or semaphore.</summary>
    Acquire = 0,

    /// <summary>A lease is given back.</summary>
    Release = 1,

    /// <summary>Put into a queue, set a variable or an event, publish a dataset.</summary>
    Put = 2,

    /// <summary>Take from a queue, read a variable or a dataset, wait for an event.</summary>
    Get = 3,

    /// <summary>Leases out, values in a queue, 1 for a variable or an event that is set.</summary>
    Count = 4,

    /// <summary>Forget the object and what is in it.</summary>
    Delete = 5,

    /// <summary>Unset an event.</summary>
    Clear = 6,

    /// <summary>The names of the datasets that come after the call's name.</summary>
    List = 7,
}

/// <summary>How a <see cref="CoordinationCall"/> ended.</summary>
public enum SharedOutcome : byte
{
    Done = 0,
    TimedOut = 1,

    /// <summary>Its caller gave up in time.</summary>
    Cancelled = 2,

    /// <summary>Against the rules: see <see cref="CoordinationReply.Error"/>.</summary>
    Refused = 3,

    /// <summary>The lease named has ended.</summary>
    LeaseLost = 4,

    /// <summary>There is nothing of the name.</summary>
    Missing = 5,
}

/// <summary>
/// An operation on a lock, semaphore, queue, variable, event or dataset. Answered by one <see
/// cref="CoordinationReply"/>,
/// perhaps after a wait. Said again after a reconnect, it is recognised by its RequestId and carried out once.
/// </summary>
public sealed class CoordinationCall : Message
{
    public override MessageKind Kind => MessageKind.CoordinationCall;

    public ulong RequestId { get; set; }

    public SharedKind Target { get; set; }

    public SharedOperation Operation { get; set; }

    /// <summary>The object's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The caller gives up: if the call still waits, it ends as Cancelled.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>The longest wait in milliseconds; 0 = none, −1 = no limit.</summary>
    public int TimeoutMs { get; set; } = -1;

    /// <summary>
    /// Acquire: leases at most; of a lock set: how many of its locks are wanted.
    /// Put into a queue: its size, 0 = not stated. Get from a queue: values at most. Put of a
    /// dataset: 1 = replace.
    /// </summary>
    public int Limit { get; set; }

    /// <summary>Acquire: how long the lease lasts without being renewed, in milliseconds.</summary>
    public int LeaseMs { get; set; }

    /// <summary>Release: which lease.</summary>
    public ulong Token { get; set; }

    /// <summary>Put: the encoded value; empty when it is futures.</summary>
    public byte[] Value { get; set; } = [];

    /// <summary>Put: the tasks whose futures are the value.</summary>
    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Get: the submission under which the caller wants futures that come with the reply.</summary>
    public ulong Submission { get; set; }

    /// <summary>Requests whose replies have arrived: the scheduler need not keep them any more.</summary>
    public MessageColumn<ulong> Answered { get; } = new();

    /// <summary>Acquire of a lock set: the locks' names, each once.</summary>
    public string[] Names { get; set; } = [];

    /// <summary>On which of its client's connections to the scheduler it is said, from 1; 0 = not stated.</summary>
    public int Connection { get; set; }

    /// <summary>On which of them it was said first; 0 = not stated.</summary>
    public int FirstConnection { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Target = (SharedKind)fields.Value((int)Target);
        Operation = (SharedOperation)fields.Value((int)Operation);
        Name = fields.Value(Name);
        IsCancelled = fields.Value(IsCancelled);
        TimeoutMs = fields.Value(TimeoutMs);
        Limit = fields.Value(Limit);
        LeaseMs = fields.Value(LeaseMs);
        Token = fields.Value(Token);
        Value = fields.Value(Value);
        fields.Tasks(Tasks);
        Submission = fields.Value(Submission);
        fields.FreeColumn(Answered);
        Names = fields.Strings(Names);
        Connection = fields.Value(Connection);
        FirstConnection = fields.Value(FirstConnection);
    }
}

/// <summary>Answers a <see cref="CoordinationCall"/>.</summary>
public sealed class CoordinationReply : Message
{
    public override MessageKind Kind => MessageKind.CoordinationReply;

    public ulong RequestId { get; set; }

    public SharedOutcome Outcome { get; set; }

    /// <summary>Why it was refused, and what to do.</summary>
    public string Error { get; set; } = "";

    /// <summary>Acquire: the lease's fencing token; each is larger than all that were given out before.</summary>
    public ulong Token { get; set; }

    /// <summary>Milliseconds between the call's arrival and its end, rounded down.</summary>
    public long WaitedMs { get; set; }

    /// <summary>The answer to Count.</summary>
    public long Number { get; set; }

    /// <summary>How many values came.</summary>
    public int Count { get; set; }

    /// <summary>
    /// The encoded values, in order; of a List: names; of a lock set: per lease the place of its lock's name (4 bytes) and
    /// its token (8 bytes).
    /// </summary>
    public BlobColumn Values { get; } = new();

    /// <summary>
    /// Per value: where its tasks end among those of the caller's submission; no tasks = a plain value.
    /// </summary>
    public MessageColumn<int> TaskEnds { get; } = new();

    /// <summary>Per task: its key in UTF-8; may be empty.</summary>
    public BlobColumn Keys { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Outcome = (SharedOutcome)fields.Value((int)Outcome);
        Error = fields.Value(Error);
        Token = fields.Value(Token);
        WaitedMs = fields.Value(WaitedMs);
        Number = fields.Value(Number);
        Count = fields.Rows(Count);
        fields.Blobs(Values, Count);
        fields.Blobs(Keys, fields.Ends(TaskEnds, Count));
    }
}

/// <summary>The sender still holds these leases. Answered by <see cref="LeasesRenewed"/>.</summary>
public sealed class RenewLeases : Message
{
    public override MessageKind Kind => MessageKind.RenewLeases;

    public ulong RequestId { get; set; }

    public MessageColumn<ulong> Tokens { get; } = new();

    /// <summary>As <see cref="CoordinationCall.Answered"/>.</summary>
    public MessageColumn<ulong> Answered { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        fields.FreeColumn(Tokens);
        fields.FreeColumn(Answered);
    }
}

/// <summary>Answers <see cref="RenewLeases"/>: all are renewed but those named.</summary>
public sealed class LeasesRenewed : Message
{
    public override MessageKind Kind => MessageKind.LeasesRenewed;

    public ulong RequestId { get; set; }

    /// <summary>Tokens of leases that had ended before.</summary>
    public MessageColumn<ulong> Lost { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        fields.FreeColumn(Lost);
    }
}

/// <summary>
/// After a reconnect, before <see cref="TasksHeld"/>: the calls that still wait for their replies. The replies of all
/// others have come.
/// </summary>
public sealed class CallsPending : Message
{
    public override MessageKind Kind => MessageKind.CallsPending;

    public MessageColumn<ulong> Requests { get; } = new();

    protected internal override void Fields(ref MessageFields fields) => fields.FreeColumn(Requests);
}
