using TaskGraph.Messages;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// What one turn of the machine leaves behind: column batches for the scheduler, reused from turn to turn, and
/// instructions for the shell. The shell sends <see cref="Drain"/>, carries out the instructions and clears both.
/// </summary>
internal sealed class WorkerOutbox
{
    // 4,096 rows of the widest batch are about 120 KB; with inline values a batch stays well below a control frame.
    private const int MaxRows = 4096;
    private const int MaxInlineBytes = 512 << 10;
    private const int MaxErrors = 64;

    private readonly List<TasksFinished> _finished = [new()];
    private readonly List<TasksFailed> _failed = [new()];
    private readonly List<ReplicasAdded> _added = [new()];
    private int _finishedUsed;
    private int _failedUsed;
    private int _addedUsed;
    private bool _isFreeUnsaid;

    /// <summary>Instructions in the order in which they must be carried out.</summary>
    public List<Instruction> Instructions { get; } = [];

    /// <summary>Answers to RetractTasks.</summary>
    public TasksRetracted Retracted { get; } = new();

    /// <summary>Runs that gave up their slots, or hold them again.</summary>
    public TasksSeceded Seceded { get; } = new();

    /// <summary>Values fetched.</summary>
    public ReplicasAdded Added => _added[_addedUsed];

    /// <summary>Values whose copy here was lost.</summary>
    public ReplicasRemoved Removed { get; } = new();

    /// <summary>Replicas that could not be made.</summary>
    public ReplicasNotAcquired NotAcquired { get; } = new();

    /// <summary>How long large requests took.</summary>
    public TransfersMeasured Transfers { get; } = new();

    /// <summary>Values that could not be fetched.</summary>
    public DataMissing Missing { get; } = new();

    /// <summary>The batch of finished tasks that has room.</summary>
    public TasksFinished Finished
    {
        get
        {
            var batch = _finished[_finishedUsed];
            if (batch.Tasks.Count < MaxRows && batch.InlineValues.Bytes.Length < MaxInlineBytes)
                return batch;
            if (++_finishedUsed == _finished.Count)
                _finished.Add(new TasksFinished());
            return _finished[_finishedUsed];
        }
    }

    /// <summary>The batch of failed tasks that has room (an error's text may take kilobytes).</summary>
    public TasksFailed Failed
    {
        get
        {
            var batch = _failed[_failedUsed];
            if (batch.Tasks.Count < MaxErrors)
                return batch;
            if (++_failedUsed == _failed.Count)
                _failed.Add(new TasksFailed());
            return _failed[_failedUsed];
        }
    }

    /// <summary>Notes how long a request took.</summary>
    public void Transferred(int source, long bytes, long durationUs)
    {
        Transfers.Sources.Add(source);
        Transfers.Bytes.Add(bytes);
        Transfers.DurationUs.Add((int)Math.Clamp(durationUs, 1, int.MaxValue));
    }

    /// <summary>
    /// Has the scheduler told that a numbered free was carried out: with what is added from now on, or alone. What was added
    /// before may be what it has dropped.
    /// </summary>
    public void Freed(int number)
    {
        var last = Added.LastFree;
        if (Added.Tasks.Count > 0 && ++_addedUsed == _added.Count)
            _added.Add(new ReplicasAdded());
        Added.LastFree = Math.Max(last, number);
        _isFreeUnsaid = true;
    }

    /// <summary>Frees are counted anew: the session is another.</summary>
    public void BeginSession()
    {
        ClearMessages();
        Added.LastFree = 0;
    }

    /// <summary>Appends the batches that hold something.</summary>
    public void Drain(List<Message> into)
    {
        for (var i = 0; i < _addedUsed; i++)
            into.Add(_added[i]);
        if (Added.Tasks.Count > 0 || _isFreeUnsaid)
            into.Add(Added);
        if (Transfers.Sources.Count > 0)
            into.Add(Transfers);
        for (var i = 0; i <= _finishedUsed; i++)
        {
            if (_finished[i].Tasks.Count > 0)
                into.Add(_finished[i]);
        }

        for (var i = 0; i <= _failedUsed; i++)
        {
            if (_failed[i].Tasks.Count > 0)
                into.Add(_failed[i]);
        }

        if (Retracted.Tasks.Count > 0)
            into.Add(Retracted);
        if (Seceded.Tasks.Count > 0)
            into.Add(Seceded);
        if (Removed.Tasks.Count > 0)
            into.Add(Removed);
        if (Missing.Tasks.Count > 0)
            into.Add(Missing);
        if (NotAcquired.Tasks.Count > 0)
            into.Add(NotAcquired);
    }

    /// <summary>Empties the batches (not the instructions) and keeps their memory.</summary>
    public void ClearMessages()
    {
        for (var i = 0; i <= _finishedUsed; i++)
            Clear(_finished[i]);
        for (var i = 0; i <= _failedUsed; i++)
            Clear(_failed[i]);
        _finishedUsed = 0;
        _failedUsed = 0;
        Retracted.Tasks.Clear();
        Retracted.Attempts.Clear();
        Retracted.Accepted.Clear();
        Seceded.Tasks.Clear();
        Seceded.Attempts.Clear();
        Seceded.Rejoined.Clear();
        _added[0].LastFree = Added.LastFree;
        for (var i = 0; i <= _addedUsed; i++)
        {
            _added[i].Tasks.Clear();
            _added[i].Bytes.Clear();
        }

        _addedUsed = 0;
        _isFreeUnsaid = false;
        Transfers.Sources.Clear();
        Transfers.Bytes.Clear();
        Transfers.DurationUs.Clear();
        Removed.Tasks.Clear();
        NotAcquired.Tasks.Clear();
        Missing.Tasks.Clear();
        Missing.Holders.Clear();
        Missing.Gone.Clear();
    }

    private static void Clear(TasksFinished batch)
    {
        batch.Tasks.Clear();
        batch.Attempts.Clear();
        batch.Bytes.Clear();
        batch.DurationUs.Clear();
        batch.InlineRows.Clear();
        batch.InlineValues.Clear();
    }

    private static void Clear(TasksFailed batch)
    {
        batch.Tasks.Clear();
        batch.Attempts.Clear();
        batch.Errors.Clear();
    }
}
