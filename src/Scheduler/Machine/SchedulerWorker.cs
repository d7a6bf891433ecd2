using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>Whether a worker gets work.</summary>
internal enum WorkerStatus
{
    Running,

    /// <summary>Silent for a while: gets nothing new, keeps what it has.</summary>
    Suspect,

    /// <summary>Short of memory, by its own account: gets nothing new, finishes what runs, serves what it holds.</summary>
    Paused,

    /// <summary>Is back after its lease or a restart of the scheduler, and has not handed in its whole inventory.</summary>
    Returning,

    /// <summary>Is to end: gets nothing new, finishes what runs, hands over what only it holds.</summary>
    Retiring,

    Lost,
}

/// <summary>A worker: who it is, what was given to it, and how loaded it is.</summary>
internal sealed partial class SchedulerWorker(Hello hello, int number, OutboxLimits limits) : SchedulerPeer(hello)
{
    private int[] _assignedByFunction = new int[8];
    private ulong[] _knownFunctions = new ulong[1];

    /// <summary>Its number in all messages; never used again.</summary>
    public int Number { get; } = number;

    public string Name { get; } = hello.Name.Length > 0 ? hello.Name : hello.DataAddress;

    public string Address => Hello.DataAddress;

    public int Threads { get; } = Math.Max(1, hello.Threads);

    /// <summary>Its resources.</summary>
    public Placement.Supply Supply { get; } = new(hello.Resources);

    public override string Label => Name == Address ? Address : $"{Name} ({Address})";

    public WorkerStatus Status { get; set; } = WorkerStatus.Running;

    /// <summary>Whether it is given up only after two leases of silence: it was silent while half of all were.</summary>
    public bool HasLongerLease { get; set; }

    /// <summary>Whether its last heartbeat said that it is paused.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether it runs, or is being emptied for, one suspect alone: nothing else is given to it.</summary>
    public bool IsSetAside { get; set; }

    /// <summary>The suspect that runs here alone, −1 = none.</summary>
    public int Suspect { get; set; } = -1;

    /// <summary>Whether it may be given tasks.</summary>
    public bool TakesTasks => Status == WorkerStatus.Running && !IsSetAside;

    public WorkerOutbox Outbox => field ??= new WorkerOutbox(this, limits);

    public DroppedCopies Dropped { get; } = new();

    /// <summary>Assigned tasks in the order of their dispatch.</summary>
    public int FirstAssigned { get; set; } = -1;

    public int LastAssigned { get; set; } = -1;

    public int AssignedCount { get; set; }

    /// <summary>Assigned tasks that gave up their slot.</summary>
    public int SecededCount { get; set; }

    /// <summary>Assigned tasks and second runs that take or wait for a slot.</summary>
    public int ActiveCount => AssignedCount - SecededCount + SecondRunCount;

    /// <summary>Second runs of tasks that are assigned to other workers.</summary>
    public int SecondRunCount { get; set; }

    /// <summary>Estimated microseconds of work in the active tasks.</summary>
    public long OccupancyUs { get; set; }

    /// <summary>Actors that live there or are being made there.</summary>
    public int ActorCount { get; set; }

    public int StoredCount { get; set; }

    public long StoredBytes { get; set; }

    /// <summary>Bytes of the copies that are on their way here, less those that will leave.</summary>
    public long IncomingBytes { get; set; }

    public long PlannedBytes => StoredBytes + IncomingBytes;

    /// <summary>When it last finished, failed or gave back a task.</summary>
    public long LastAnswer { get; private set; }

    /// <summary>It is not asked for tasks before then: there was nothing worth moving.</summary>
    public long NotStolenBefore { get; set; }

    /// <summary>Whether results of such a size fit, one for each task that it has and one more.</summary>
    public bool HasRoomFor(long bytes) => PlannedBytes + (bytes * (ActiveCount + 1)) <= RoomBytes;

    /// <summary>Tasks that it was asked to give back and has not answered for.</summary>
    public int RetractingCount { get; set; }

    /// <summary>Last figures from a heartbeat.</summary>
    public long ProcessBytes { get; set; }

    public double CpuSeconds { get; set; }

    /// <summary>Its spilled values and the rest of its memory, as it last said.</summary>
    public long SpilledBytes { get; set; }
    public int SpilledCount { get; set; }
    public long UnmanagedOldBytes { get; set; }
    public string PauseReason { get; set; } = "";

    /// <summary>Whether it has paused as values cannot be written to its disk.</summary>
    public bool HasFullDisk => PauseReason.StartsWith(Heartbeat.DiskFull, StringComparison.Ordinal);

    /// <summary>Whether values have moved elsewhere since it has paused for its disk.</summary>
    public bool IsRelieved { get; set; }

    /// <summary>The task at which the next look for values to move begins.</summary>
    public int NextToRelieve { get; set; }

    /// <summary>Its place in the heap of workers with room, −1 = not there.</summary>
    public int HeapIndex { get; set; } = -1;

    /// <summary>Its load when it was last put into that heap: what the heap is ordered by.</summary>
    public long HeapLoad { get; set; }

    /// <summary>Its place in the list of workers with more tasks than threads, −1 = not there.</summary>
    public int LoadedIndex { get; set; } = -1;

    /// <summary>Threads without a task, as last counted into the cluster's sum.</summary>
    public int CountedFreeThreads { get; set; }

    /// <summary>Whether its load has changed since placement last looked at it.</summary>
    public bool IsLoadDirty { get; set; }

    /// <summary>How many of its active tasks call a function.</summary>
    public int AssignedOf(int function) =>
        function < _assignedByFunction.Length ? _assignedByFunction[function] : 0;

    public void AddAssigned(int function, int count)
    {
        if (function >= _assignedByFunction.Length)
            Array.Resize(ref _assignedByFunction, Math.Max(function + 1, _assignedByFunction.Length * 2));
        _assignedByFunction[function] += count;
    }

    /// <summary>Notes that the function was introduced to it; false if it was already.</summary>
    public bool TryIntroduce(int function)
    {
        if (function >> 6 >= _knownFunctions.Length)
            Array.Resize(ref _knownFunctions, Math.Max((function >> 6) + 1, _knownFunctions.Length * 2));
        ulong bit = 1UL << (function & 63);
        if ((_knownFunctions[function >> 6] & bit) != 0)
            return false;
        _knownFunctions[function >> 6] |= bit;
        return true;
    }

    public override void Collect(List<Message> into) => Outbox.Collect(into);

    public override bool CollectPart(List<Message> into) => Outbox.CollectPart(into);

    public override void ClearOutbox() => Outbox.Clear();
}
