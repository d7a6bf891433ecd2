namespace TaskGraph.Messages;

/// <summary>Who speaks on a connection.</summary>
public enum PeerRole : byte
{
    Client,
    Worker,
    Scheduler,

    /// <summary>A worker or client that only fetches or puts data, on its own connection.</summary>
    Data,
}

/// <summary>The first message on every connection, from the side that dialled.</summary>
public sealed class Hello : Message
{
    public override MessageKind Kind => MessageKind.Hello;

    /// <summary>Oldest protocol version that the speaker can use.</summary>
    public int ProtocolMin { get; set; } = Protocol.Oldest;

    /// <summary>Newest protocol version that the speaker can use.</summary>
    public int ProtocolMax { get; set; } = Protocol.Newest;

    public PeerRole Role { get; set; }

    /// <summary>A worker's or client's name; empty = the address serves as name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The session: drawn at random by the speaker, kept over a reconnect.</summary>
    public ulong Session { get; set; }

    /// <summary>A worker's incarnation or a client's identity: 64 random bits, new with every process and after every lost lease.</summary>
    public ulong Incarnation { get; set; }

    /// <summary>The scheduler epoch that the speaker last belonged to, 0 = none.</summary>
    public ulong Epoch { get; set; }

    /// <summary>Secret that proves the role; empty until tokens are asked for.</summary>
    public byte[] Credential { get; set; } = [];

    /// <summary>Build, runtime and architecture, for refusals and logs.</summary>
    public string Build { get; set; } = Protocol.Build;

    /// <summary>A worker's data address; empty for clients.</summary>
    public string DataAddress { get; set; } = "";

    public string Host { get; set; } = "";

    public int ProcessId { get; set; }

    /// <summary>A worker's threads.</summary>
    public int Threads { get; set; }

    /// <summary>A worker's memory limit, 0 = none.</summary>
    public long MemoryLimitBytes { get; set; }

    /// <summary>A worker's resources.</summary>
    public List<ResourceAmount> Resources { get; } = [];

    /// <summary>Whether the speaker keeps what is not acknowledged, and comes back into its session after a cut.</summary>
    public bool CanResume { get; set; }

    /// <summary>Whether this connection is to go on with the session, which had another connection before.</summary>
    public bool IsResuming { get; set; }

    /// <summary>When resuming: number of the last frame of the session that has arrived here.</summary>
    public long LastReceived { get; set; }

    /// <summary>
    /// A worker that was away for longer than its lease, or whose scheduler was restarted: its incarnation before.
    /// A <see cref="WorkerInventory"/> follows. 0 = a new process.
    /// </summary>
    public ulong FormerIncarnation { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        ProtocolMin = fields.Value(ProtocolMin);
        ProtocolMax = fields.Value(ProtocolMax);
        Role = (PeerRole)fields.Value((int)Role);
        Name = fields.Value(Name);
        Session = fields.Value(Session);
        Incarnation = fields.Value(Incarnation);
        Epoch = fields.Value(Epoch);
        Credential = fields.Value(Credential);
        Build = fields.Value(Build);
        DataAddress = fields.Value(DataAddress);
        Host = fields.Value(Host);
        ProcessId = fields.Value(ProcessId);
        Threads = fields.Value(Threads);
        MemoryLimitBytes = fields.Value(MemoryLimitBytes);
        fields.List(Resources, ResourceAmount.Write, ResourceAmount.Read);
        CanResume = fields.Value(CanResume);
        IsResuming = fields.Value(IsResuming);
        LastReceived = fields.Value(LastReceived);
        FormerIncarnation = fields.Value(FormerIncarnation);
    }
}

/// <summary>The scheduler's or worker's answer to a <see cref="Hello"/> that it accepts.</summary>
public sealed class Welcome : Message
{
    public override MessageKind Kind => MessageKind.Welcome;

    /// <summary>The version that both sides use from here on.</summary>
    public int Protocol { get; set; }

    /// <summary>The scheduler's epoch: grows with every restart from the same state.</summary>
    public ulong Epoch { get; set; }

    /// <summary>The session that this connection belongs to, as the speaker asked.</summary>
    public ulong Session { get; set; }

    /// <summary>The worker's number, −1 for others.</summary>
    public int WorkerNumber { get; set; } = -1;

    /// <summary>How often each side sends a <see cref="Heartbeat"/> when it has nothing else to say, in milliseconds.</summary>
    public int HeartbeatIntervalMs { get; set; } = 1000;

    public string Name { get; set; } = "";

    public string Build { get; set; } = "";

    /// <summary>The session goes on: what was not acknowledged follows.</summary>
    public bool IsResumed { get; set; }

    /// <summary>When resumed: number of the last frame of the session that has arrived at the scheduler.</summary>
    public long LastReceived { get; set; }

    /// <summary>Whether the scheduler knows the client by its incarnation, and what it wants.</summary>
    public bool IsKnown { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        Protocol = fields.Value(Protocol);
        Epoch = fields.Value(Epoch);
        Session = fields.Value(Session);
        WorkerNumber = fields.Value(WorkerNumber);
        HeartbeatIntervalMs = fields.Value(HeartbeatIntervalMs);
        Name = fields.Value(Name);
        Build = fields.Value(Build);
        IsResumed = fields.Value(IsResumed);
        LastReceived = fields.Value(LastReceived);
        IsKnown = fields.Value(IsKnown);
    }
}

/// <summary>Why a connection was refused, as far as the dialler can do something about it.</summary>
public enum RefusalCode : byte
{
    None,

    /// <summary>The session has ended, or was never known: a new one may be begun.</summary>
    SessionUnknown,

    /// <summary>This scheduler has been replaced by a later one, which may answer soon.</summary>
    SchedulerReplaced,
}

/// <summary>The answer to a <see cref="Hello"/> that does not fit, in one line; the connection closes after it.</summary>
public sealed class Refusal : Message
{
    public override MessageKind Kind => MessageKind.Refusal;

    public string Reason { get; set; } = "";

    public RefusalCode Code { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        Reason = fields.Value(Reason);
        Code = (RefusalCode)fields.Value((int)Code);
    }
}

/// <summary>Whether a worker starts tasks, as it says itself.</summary>
public enum HeartbeatStatus : byte
{
    /// <summary>It runs what it is given.</summary>
    Running,

    /// <summary>It is short of memory: it starts nothing, finishes what runs, and still serves values.</summary>
    Paused,
}

/// <summary>
/// Nothing new, still here. From a worker with its figures; also sent out of turn, at once, when <see cref="Status"/>
/// changes.
/// </summary>
public sealed class Heartbeat : Message
{
    /// <summary>Reasons of a pause that begin so: no value can be written to the worker's disk.</summary>
    public const string DiskFull = "disk-full";

    public override MessageKind Kind => MessageKind.Heartbeat;

    public long ProcessBytes { get; set; }

    public long StoredBytes { get; set; }

    public double CpuSeconds { get; set; }

    public int ExecutingCount { get; set; }

    /// <summary>A worker's status; meaningless from others.</summary>
    public HeartbeatStatus Status { get; set; }

    /// <summary>Why a worker has paused: memory, or disk-full and more; else empty.</summary>
    public string PauseReason { get; set; } = "";

    /// <summary>Bytes that the values on disk alone would take in memory.</summary>
    public long SpilledBytes { get; set; }

    /// <summary>Values on disk alone.</summary>
    public int SpilledCount { get; set; }

    /// <summary>Process memory beside the values: the least of the last 30 heartbeats, which will stay.</summary>
    public long UnmanagedOldBytes { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        ProcessBytes = fields.Value(ProcessBytes);
        StoredBytes = fields.Value(StoredBytes);
        CpuSeconds = fields.Value(CpuSeconds);
        ExecutingCount = fields.Value(ExecutingCount);
        Status = (HeartbeatStatus)fields.Value((int)Status);
        PauseReason = fields.Value(PauseReason);
        SpilledBytes = fields.Value(SpilledBytes);
        SpilledCount = fields.Value(SpilledCount);
        UnmanagedOldBytes = fields.Value(UnmanagedOldBytes);
    }
}

/// <summary>The speaker leaves on purpose. From the scheduler to a worker: finish and leave.</summary>
public sealed class Goodbye : Message
{
    public override MessageKind Kind => MessageKind.Goodbye;

    public string Reason { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields) => Reason = fields.Value(Reason);
}
