using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Where values lie: in memory up to a target, the least recently used beyond it on disk. Writing and reading are
/// asynchronous: each has a ticket, and an end whose ticket is not the row's concerns nobody any more. A value that a
/// task is about to use is pinned: it stays in memory, or is loaded. A file once written stays beside the value, so
/// that it is written once however often it is loaded.
/// </summary>
internal sealed partial class WorkerMachine
{
    private readonly bool _spills = options.TargetBytes > 0;
    private long _goalBytes = long.MaxValue;
    private long _spillNotBeforeUs;
    private int _tickets;

    /// <summary>Bytes of the values that take memory: all but those on disk alone.</summary>
    public long InMemoryBytes { get; private set; }

    /// <summary>Of these, bytes of values that are being written.</summary>
    public long StoringBytes { get; private set; }

    /// <summary>Bytes of values that tasks handed out, or about to be, use.</summary>
    public long PinnedBytes { get; private set; }

    /// <summary>Values on disk alone.</summary>
    public int OnDiskCount { get; private set; }

    /// <summary>Files being written.</summary>
    public int StoringCount { get; private set; }

    /// <summary>Whether the last attempt to write found no room: values stay in memory.</summary>
    public bool IsDiskFull { get; private set; }

    /// <summary>
    /// A look at the process's memory: besides keeping to the target, so many bytes are to be spilled. 0 = the
    /// process has room.
    /// </summary>
    public void Relieve(long bytes, long nowUs)
    {
        _nowUs = nowUs;
        _goalBytes = bytes > 0 ? Math.Max(0, InMemoryBytes - StoringBytes - bytes) : long.MaxValue;
    }

    /// <summary>
    /// The answer to a Spill instruction. False = the value is gone meanwhile, so the file is of no use.
    /// </summary>
    public bool Stored(int row, int ticket, StoreOutcome outcome, long nowUs)
    {
        _nowUs = nowUs;
        StoringCount--;
        NoteDisk(outcome);
        ref var task = ref _tasks[row];
        if (task.State != Memory || task.Ticket != ticket || task.Residence != Residence.Storing)
            return false;
        StoringBytes -= task.Bytes;
        task.Residence = Residence.InMemory;
        task.HasFile = outcome == StoreOutcome.Stored;
        task.StaysInMemory = outcome == StoreOutcome.NotEncodable;
        if (task.PinCount > 0 || task.StaysInMemory)
            return task.HasFile;
        if (task.HasFile)
            Evict(row);
        else
            AppendOldest(row);
        return task.HasFile;
    }

    /// <summary>
    /// The answer to a Load instruction. False = the value is gone meanwhile, or its file was damaged: nothing is to
    /// be kept of it.
    /// </summary>
    public bool Loaded(int row, int ticket, bool isWhole, long nowUs)
    {
        _nowUs = nowUs;
        ref var task = ref _tasks[row];
        if (task.State != Memory || task.Ticket != ticket || task.Residence != Residence.Loading)
            return false;
        if (!isWhole)
        {
            Lose(row);
            return false;
        }

        task.Residence = Residence.InMemory;
        if (task.PinCount == 0)
            AppendNewest(row);
        for (var edge = task.FirstDependent; edge >= 0; edge = _edges[edge].NextDependent)
            InputLoaded(_edges[edge].Task);
        return true;
    }

    /// <summary>Whoever served the value from disk found the file damaged.</summary>
    public void Damaged(TaskId id, long nowUs)
    {
        _nowUs = nowUs;
        var row = _tasks.Find(id);
        if (row >= 0 && _tasks[row].State == Memory && _tasks[row].Residence is Residence.OnDisk or Residence.Loading)
            Lose(row);
    }

    private void NoteDisk(StoreOutcome outcome)
    {
        if (outcome == StoreOutcome.Stored)
        {
            IsDiskFull = false;
        }
        else if (outcome == StoreOutcome.NoRoom)
        {
            IsDiskFull = true;
            _spillNotBeforeUs = _nowUs + Options.SpillPauseUs;
        }
    }

    /// <summary>Writes, or drops what is written already, from the least recently used on, down to the goal.</summary>
    private void SpillBeyondTarget()
    {
        if (!_spills)
            return;
        var goal = NeedyRow() >= 0 ? 0 : Math.Min(Options.TargetBytes, _goalBytes);
        while (InMemoryBytes - StoringBytes + _bytesInFlight > goal && _oldest >= 0)
        {
            var row = _oldest;
            if (!_tasks[row].HasFile && (StoringCount >= Options.MaxStoring || !MayWrite()))
                return;
            Delist(row);
            if (_tasks[row].HasFile)
                Evict(row);
            else
                Spill(row);
        }

        // Nothing waits for the disk any more: what is left above the goal cannot be written, or is being used.
        if (StoringCount == 0)
            IsDiskFull = false;
    }

    private bool MayWrite()
    {
        if (!IsDiskFull || _nowUs >= _spillNotBeforeUs)
            return true;
        NextWakeUs = Math.Min(NextWakeUs, _spillNotBeforeUs);
        return false;
    }

    private void Spill(int row)
    {
        ref var task = ref _tasks[row];
        task.Residence = Residence.Storing;
        task.Ticket = ++_tickets;
        StoringBytes += task.Bytes;
        StoringCount++;
        Outbox.Instructions.Add(new Instruction(InstructionKind.Spill, task.Ticket, row, task.Id));
    }

    private void Evict(int row)
    {
        ref var task = ref _tasks[row];
        task.Residence = Residence.OnDisk;
        InMemoryBytes -= task.Bytes;
        OnDiskCount++;
        Outbox.Instructions.Add(new Instruction(InstructionKind.Evict, 0, row, task.Id));
    }

    private void Load(int row)
    {
        ref var task = ref _tasks[row];
        task.Residence = Residence.Loading;
        task.Ticket = ++_tickets;
        InMemoryBytes += task.Bytes;
        OnDiskCount--;
        Outbox.Instructions.Add(new Instruction(InstructionKind.Load, task.Ticket, row, task.Id));
    }

    /// <summary>The only copy here cannot be read: it is as if it had never been here.</summary>
    private void Lose(int row)
    {
        ref var task = ref _tasks[row];
        for (var edge = task.FirstDependent; edge >= 0; edge = _edges[edge].NextDependent)
        {
            var dependent = _edges[edge].Task;
            if (_tasks[dependent].State != Ready)
                continue;
            Unstage(dependent);
            Move(dependent, Waiting);
        }

        LeaveResidence(row);
        StoredBytes -= task.Bytes;
        task.FreeWhenUnused = false;
        Outbox.Instructions.Add(new Instruction(InstructionKind.Drop, 0, row, task.Id));
        if (task.DependentCount == 0)
        {
            Outbox.Removed.Tasks.Add(task.Id);
            ReleaseAndForget(row);
            return;
        }

        Move(row, Missing);
        ReportMissing(task.Id, Options.OwnNumber, isGone: true);
        for (var edge = task.FirstDependent; edge >= 0; edge = _edges[edge].NextDependent)
        {
            var dependent = _edges[edge].Task;
            if (_tasks[dependent].State == Waiting)
                _tasks[dependent].WaitingFor = CountLacking(dependent);
        }
    }

    /// <summary>A value has come to be in memory.</summary>
    private void EnterResidence(int row)
    {
        ref var task = ref _tasks[row];
        task.Residence = Residence.InMemory;
        task.HasFile = false;
        task.StaysInMemory = task.Bytes < Options.LeastSpilledBytes;
        InMemoryBytes += task.Bytes;
        AppendNewest(row);
    }

    /// <summary>A value goes, wherever it is.</summary>
    private void LeaveResidence(int row)
    {
        ref var task = ref _tasks[row];
        Delist(row);
        if (task.Residence == Residence.OnDisk)
            OnDiskCount--;
        else
            InMemoryBytes -= task.Bytes;
        if (task.Residence == Residence.Storing)
            StoringBytes -= task.Bytes;
        task.Residence = Residence.InMemory;
        task.HasFile = false;
        task.Ticket = 0;
    }
}
