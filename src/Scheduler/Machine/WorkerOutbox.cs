using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// What a worker is told at the end of a turn, in the order that <see cref="ComputeTasks"/> promises.
/// </summary>
internal sealed class WorkerOutbox
{
    /// <summary>Rows per message: with 50 bytes a row well inside a frame.</summary>
    private const int MaxRows = 4096;

    /// <summary>Inputs per message: with 40 bytes each well inside a frame.</summary>
    public const int MaxInputs = 8192;

    private readonly MessageBatch<FreeTasks> _strays = new(() => new FreeTasks(), MessageClearing.Clear);
    private readonly MessageBatch<ComputeInputs> _inputs = new(() => new ComputeInputs(), MessageClearing.Clear);
    private readonly MessageBatch<ComputeTasks> _compute = new(() => new ComputeTasks(), MessageClearing.Clear);
    private readonly MessageBatch<RetractTasks> _retract = new(() => new RetractTasks(), MessageClearing.Clear);
    private readonly MessageBatch<AbortTasks> _abort = new(() => new AbortTasks(), MessageClearing.Clear);
    private readonly MessageBatch<FreeTasks> _free = new(() => new FreeTasks(), MessageClearing.Clear);
    private readonly MessageBatch<FreeTasks> _drops = new(() => new FreeTasks(), MessageClearing.Clear);
    private readonly MessageBatch<HoldersRefreshed> _holders = new(() => new HoldersRefreshed(), MessageClearing.Clear);
    private readonly MessageBatch<AcquireReplicas> _acquire = new(() => new AcquireReplicas(), ClearAcquire);
    private readonly MessageBatch<WorkersJoined> _joined = new(() => new WorkersJoined(), MessageClearing.Clear);
    private readonly MessageBatch<WorkersLeft> _left = new(() => new WorkersLeft(), MessageClearing.Clear);
    private readonly List<Message> _first = [];
    private int _dropsNumbered;

    /// <summary>Definitions, assemblies and direct calls: sent before everything else, as they are.</summary>
    public void AddFirst(Message message) => _first.Add(message);

    public List<Message> First => _first;

    /// <summary>The message for one more dispatched task with so many bytes of arguments and dependencies.</summary>
    public ComputeTasks Compute(int argumentBytes, int dependencyCount)
    {
        ComputeTasks? open = _compute.Open;
        bool isFull = open is null || open.Tasks.Count >= MaxRows
            || open.Arguments.Bytes.Length + argumentBytes > Protocol.MaxChunkBytes
            || open.Dependencies.Count + dependencyCount > MaxInputs;
        return isFull ? _compute.Begin() : open!;
    }

    /// <summary>A message for further inputs of one task, of which earlier ones have named some.</summary>
    public ComputeInputs Inputs(TaskId task, int attempt, int firstInput)
    {
        ComputeInputs message = _inputs.Begin();
        message.Task = task;
        message.Attempt = attempt;
        message.FirstInput = firstInput;
        return message;
    }

    public void Retract(TaskId task, int attempt)
    {
        RetractTasks message = _retract.Open is { Tasks.Count: < MaxRows } open ? open : _retract.Begin();
        message.Tasks.Add(task);
        message.Attempts.Add(attempt);
    }

    public void Abort(TaskId task, int attempt)
    {
        AbortTasks message = _abort.Open is { Tasks.Count: < MaxRows } open ? open : _abort.Begin();
        message.Tasks.Add(task);
        message.Attempts.Add(attempt);
    }

    public void Free(TaskId task, int attempt)
    {
        FreeTasks message = _free.Open is { Tasks.Count: < MaxRows } open ? open : _free.Begin();
        message.Tasks.Add(task);
        message.Attempts.Add(attempt);
    }

    /// <summary>Frees a copy of a value that others hold; returns the message's number, which the worker will name.</summary>
    public int Drop(TaskId task, int attempt)
    {
        FreeTasks? message = _drops.Open;
        if (message is not { Tasks.Count: < MaxRows })
        {
            message = _drops.Begin();
            message.Number = ++_dropsNumbered;
        }

        message.Tasks.Add(task);
        message.Attempts.Add(attempt);
        return message.Number;
    }

    /// <summary>
    /// Frees a value that does not count as the worker's, ahead of the dispatches of this turn: a client that says its
    /// submission again after a restart may have the same dispatch made once more, and that one is to last.
    /// </summary>
    public void FreeStray(TaskId task, int attempt)
    {
        FreeTasks message = _strays.Open is { Tasks.Count: < MaxRows } open ? open : _strays.Begin();
        message.Tasks.Add(task);
        message.Attempts.Add(attempt);
    }

    /// <summary>The message for one more task's holders.</summary>
    public HoldersRefreshed Holders() =>
        _holders.Open is { Tasks.Count: < MaxRows } open ? open : _holders.Begin();

    /// <summary>The message for one more value to be copied.</summary>
    public AcquireReplicas Acquire() => _acquire.Open is { Tasks.Count: < MaxRows } open ? open : _acquire.Begin();

    public WorkersJoined Joined() => _joined.Open is { Numbers.Count: < MaxRows } open ? open : _joined.Begin();

    public WorkersLeft Left() => _left.Open is { Numbers.Count: < MaxRows } open ? open : _left.Begin();

    public void Collect(List<Message> into)
    {
        into.AddRange(_first);
        _joined.Collect(into);
        _strays.Collect(into);
        _inputs.Collect(into);
        _compute.Collect(into);
        _retract.Collect(into);
        _abort.Collect(into);
        _holders.Collect(into);
#if PLANTED
        if (Diagnostics.PlantedBug.Is(26))
            _acquire.Collect(into);
#endif
        _free.Collect(into);
        _drops.Collect(into);

        // Behind the frees: what is to be dropped and copied back in one turn has to be fetched anew.
        _acquire.Collect(into);
        _left.Collect(into);
    }

    public void Clear()
    {
        _first.Clear();
        _joined.Clear();
        _strays.Clear();
        _inputs.Clear();
        _compute.Clear();
        _retract.Clear();
        _abort.Clear();
        _holders.Clear();
        _acquire.Clear();
        _free.Clear();
        _drops.Clear();
        _left.Clear();
    }

    private static void ClearAcquire(AcquireReplicas message)
    {
        message.Tasks.Clear();
        message.Bytes.Clear();
        message.Holders.Clear();
    }
}
