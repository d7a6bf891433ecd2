using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>Inputs of a dispatched task that are to travel ahead of it.</summary>
/// <param name="Task">The task's row.</param>
/// <param name="Id">Its id.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Count">How many inputs, a multiple of <see cref="OutboxLimits.MaxInputs"/>.</param>
internal readonly record struct PendingInputs(int Task, TaskId Id, int Attempt, int Count);

/// <summary>Names the inputs of a task from the one at <paramref name="firstInput"/> on.</summary>
internal delegate void WriteInputs(int task, int firstInput, SchedulerWorker worker, ComputeInputs message);

/// <summary>
/// What a worker is told at the end of a turn, in the order that <see cref="ComputeTasks"/> promises.
/// </summary>
internal sealed class WorkerOutbox(SchedulerWorker worker, OutboxLimits limits)
{
    /// <summary>Rows per message: with 50 bytes a row well inside a frame.</summary>
    private const int MaxRows = 4096;

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
    private readonly List<PendingInputs> _pending = [];
    private WriteInputs? _write;
    private int _pendingTask;
    private int _pendingInput;
    private bool _isPartCollected;
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
            || open.Dependencies.Count + dependencyCount > limits.MaxInputs;
        return isFull ? _compute.Begin() : open!;
    }

    /// <summary>
    /// Notes that inputs of a task are to travel ahead of it. A task with a million inputs takes 122 messages, 40 MB: they are
    /// written only as they are collected, so that a shell that sends some at a time never has all of them.
    /// </summary>
    public void WriteLater(PendingInputs inputs, WriteInputs write)
    {
        _write = write;
        _pending.Add(inputs);
    }

    /// <summary>Writes all that was noted: what it is written from is about to change.</summary>
    public void WritePending() => WritePending(int.MaxValue);

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

    /// <summary>
    /// As <see cref="Collect"/>, but not more inputs than a few messages' at a time: true = there is more, to be asked for when
    /// this has been sent.
    /// </summary>
    public bool CollectPart(List<Message> into)
    {
        if (_isPartCollected)
            _inputs.Clear();
        WritePending(limits.MaxPartMessages);
        if (_pending.Count == 0)
        {
            CollectRest(into);
            return false;
        }

        CollectHead(into);
        return true;
    }

    public void Collect(List<Message> into)
    {
        WritePending();
        CollectRest(into);
    }

    private void WritePending(int messages)
    {
        for (; _pending.Count > 0 && messages > 0; messages--)
        {
            PendingInputs inputs = _pending[_pendingTask];
            ComputeInputs message = _inputs.Begin();
            message.Task = inputs.Id;
            message.Attempt = inputs.Attempt;
            message.FirstInput = _pendingInput;
            _write!(inputs.Task, _pendingInput, worker, message);
            _pendingInput += limits.MaxInputs;
            if (_pendingInput < inputs.Count)
                continue;
            _pendingInput = 0;
            if (++_pendingTask == _pending.Count)
                ForgetPending();
        }
    }

    private void ForgetPending()
    {
        _pending.Clear();
        _pendingTask = _pendingInput = 0;
    }

    /// <summary>What goes before dispatches, once, and the inputs that have been written.</summary>
    private void CollectHead(List<Message> into)
    {
        if (!_isPartCollected)
        {
            into.AddRange(_first);
            _joined.Collect(into);
            _strays.Collect(into);
        }

        _isPartCollected = true;
        _inputs.Collect(into);
    }

    private void CollectRest(List<Message> into)
    {
        CollectHead(into);
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
        ForgetPending();
        _isPartCollected = false;
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
