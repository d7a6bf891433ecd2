namespace TaskGraph.Messages;

/// <summary>Client to scheduler: stop, and have all workers end. Answered by an OperationReply, then a goodbye.</summary>
public sealed class ShutdownCluster : Message
{
    public override MessageKind Kind => MessageKind.ShutdownCluster;

    public ulong RequestId { get; set; }

    /// <summary>Shown to everybody who is sent away.</summary>
    public string Reason { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Reason = fields.Value(Reason);
    }
}

/// <summary>
/// Client to scheduler: replace the processes of these workers. Answered by an OperationReply when as many are back.
/// </summary>
public sealed class RestartWorkers : Message
{
    public override MessageKind Kind => MessageKind.RestartWorkers;

    public ulong RequestId { get; set; }

    /// <summary>Names, addresses or hosts; empty = all workers.</summary>
    public string[] Workers { get; set; } = [];

    /// <summary>Whether to cancel and forget all tasks of all clients first.</summary>
    public bool ForgetsTasks { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Workers = fields.Strings(Workers);
        ForgetsTasks = fields.Value(ForgetsTasks);
    }
}

/// <summary>
/// Scheduler to worker: end at once, and come back as a fresh process or, without a nanny, with an empty store.
/// </summary>
public sealed class RestartProcess : Message
{
    public override MessageKind Kind => MessageKind.RestartProcess;

    public string Reason { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields) => Reason = fields.Value(Reason);
}

/// <summary>
/// Client to scheduler: run a function once in the scheduler's own process. Answered by one <see cref="RunReply"/>.
/// </summary>
public sealed class RunOnScheduler : Message
{
    public override MessageKind Kind => MessageKind.RunOnScheduler;

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

/// <summary>Client to scheduler, and on to a worker: the next log records that are still kept.</summary>
public sealed class LogRequest : Message
{
    public override MessageKind Kind => MessageKind.LogRequest;

    public ulong RequestId { get; set; }

    /// <summary>Name or address of one worker; empty = the scheduler itself.</summary>
    public string Worker { get; set; } = "";

    /// <summary>The number of the first record wanted.</summary>
    public long From { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Worker = fields.Value(Worker);
        From = fields.Value(From);
    }
}

/// <summary>Answers <see cref="LogRequest"/>.</summary>
public sealed class LogReply : Message
{
    public override MessageKind Kind => MessageKind.LogReply;

    public ulong RequestId { get; set; }

    /// <summary>Why there are none, in one line; empty = these are the records.</summary>
    public string Error { get; set; } = "";

    /// <summary>From where to go on; −1 = this was the last piece.</summary>
    public long Next { get; set; } = -1;

    /// <summary>Per record: ticks of its UTC time.</summary>
    public MessageColumn<long> Times { get; } = new();

    /// <summary>Per record: its level, as Microsoft.Extensions.Logging numbers them.</summary>
    public MessageColumn<byte> Levels { get; } = new();

    /// <summary>Per record: its text, with the exception's below it if there was one.</summary>
    public List<string> Texts { get; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Error = fields.Value(Error);
        Next = fields.Value(Next);
        int rows = fields.FreeColumn(Times);
        fields.Column(Levels, rows);
        fields.Strings(Texts, rows);
    }
}

/// <summary>
/// Worker to scheduler: it is to end; give it nothing new, take over what only it holds, and say goodbye then.
/// </summary>
public sealed class WorkerLeaving : Message
{
    public override MessageKind Kind => MessageKind.WorkerLeaving;

    public string Reason { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields) => Reason = fields.Value(Reason);
}

/// <summary>Worker to scheduler: why the process died on this machine in whose place the nanny has started this one.</summary>
public sealed class PredecessorDied : Message
{
    public override MessageKind Kind => MessageKind.PredecessorDied;

    public int ProcessId { get; set; }

    /// <summary>Exit code and the like, in words.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Whether it was ended for its memory: 1, else 0.</summary>
    public byte ForMemory { get; set; }

    /// <summary>Whether it is known what it ran: 1, else 0.</summary>
    public byte KnowsRunning { get; set; }

    /// <summary>What it ran when it died.</summary>
    public MessageColumn<TaskId> Running { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        ProcessId = fields.Value(ProcessId);
        Reason = fields.Value(Reason);
        ForMemory = (byte)fields.Value((int)ForMemory);
        KnowsRunning = (byte)fields.Value((int)KnowsRunning);
        fields.Tasks(Running);
    }
}
