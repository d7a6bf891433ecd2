using System.Text;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Decides what a worker does: which tasks wait, run, are fetched and kept. It runs on its caller's thread, never
/// waits, and knows no clock: stimuli come in with the time, messages and instructions go out through
/// <see cref="Outbox"/>. Invariants are those of <see cref="AssertInvariants"/>. The rule that keeps it simple: a
/// run or a transfer cannot be stopped, so its row stays (Cancelled, Resumed) until it has ended, and whatever ends
/// is checked against row and serial.
/// </summary>
internal sealed partial class WorkerMachine(WorkerMachineOptions options)
{
    private readonly TaskTable _tasks = new();
    private readonly EdgeTable _edges = new();
    private readonly FunctionTable _functions = new();
    private readonly ReadyQueue _ready = new();
    private readonly Dictionary<int, Peer> _peers = [];
    private readonly List<Peer> _peerList = [];
    private readonly Dictionary<int, FetchRequest> _requests = [];
    private readonly TransitionLog _log = new(options.RememberedTransitions);
    private readonly int[] _counts = new int[(int)Forgotten + 1];
    private long _nowUs;

    /// <summary>What the last turns left to send and to do.</summary>
    public WorkerOutbox Outbox { get; } = new();

    /// <summary>Limits.</summary>
    public WorkerMachineOptions Options { get; private set; } = options;

    /// <summary>Tasks known here.</summary>
    public int TaskCount => _tasks.Count;

    /// <summary>Bytes of all values in state Memory.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>
    /// When <see cref="Decide"/> wants to be called again although nothing arrived, in µs; MaxValue = never.
    /// </summary>
    public long NextWakeUs { get; private set; } = long.MaxValue;

    /// <summary>Runs that hold one of the executor's places.</summary>
    public int OccupiedCount { get; private set; }

    /// <summary>Tasks in a state.</summary>
    public int CountOf(WorkerTaskState state) => _counts[(int)state];

    /// <summary>The state of a task; Forgotten if unknown.</summary>
    public WorkerTaskState StateOf(TaskId id)
    {
        var row = _tasks.Find(id);
        return row < 0 ? Forgotten : _tasks[row].State;
    }

    /// <summary>The row of an Execute instruction's task: what its run needs.</summary>
    public ref readonly WorkerTask Row(int row) => ref _tasks[row];

    /// <summary>The function that the task in this row calls.</summary>
    public Hash128 FunctionOf(int row) => _functions[_tasks[row].Function].Id;

    /// <summary>The function of a RequestFunction instruction.</summary>
    public Hash128 FunctionAt(int number) => _functions[number].Id;

    /// <summary>The request of a StartFetch instruction.</summary>
    public FetchRequest Request(int id) => _requests[id];

    /// <summary>The key of the task in this row: the user's name, or else its id.</summary>
    public string KeyOf(int row)
    {
        ref var task = ref _tasks[row];
        return task.NameBlob is null || task.NameLength == 0
            ? task.Id.ToString()
            : Encoding.UTF8.GetString(task.NameBlob, task.NameStart, task.NameLength);
    }

    /// <summary>The inputs of the task in this row, in argument order.</summary>
    public void CopyInputs(int row, Span<TaskId> into)
    {
        var at = 0;
        for (var edge = _tasks[row].FirstInput; edge >= 0; edge = _edges[edge].NextInput)
            into[at++] = _tasks[_edges[edge].Input].Id;
    }

    /// <summary>After a batch of stimuli: hands ready tasks out and starts requests. Once per turn.</summary>
    public void Decide(long nowUs)
    {
        _nowUs = nowUs;
        HandOut();
        StartRequests();
        OfferPuts();
        SpillBeyondTarget();
    }

    /// <summary>What happened to a task, as far as remembered.</summary>
    public string Story(TaskId id) => _log.Story(id);

    /// <summary>How many transitions all tasks have made.</summary>
    public long MoveCount => _log.Count;

    /// <summary>Appends the remembered transitions from number <paramref name="since"/> on, oldest first.</summary>
    public void ReadMoves(long since, List<(WorkerTaskState From, WorkerTaskState To)> into) => _log.Read(since, into);

    private void Move(int row, WorkerTaskState to)
    {
        ref var task = ref _tasks[row];
        var from = task.State;
        if (!TransitionTable.IsLegal(from, to))
            throw new InvalidTransitionException(task.Id, from, to, _log.Story(task.Id));
        _log.Add(task.Id, task.Attempt, from, to, _nowUs);
        task.State = to;
        _counts[(int)from]--;
        _counts[(int)to]++;
    }

    private int FindOrAdd(TaskId id)
    {
        var known = _tasks.Count;
        var row = _tasks.FindOrAdd(id);
        if (_tasks.Count > known)
            _counts[(int)Released]++;
        return row;
    }

    /// <summary>Removes a row that is in state Released and that nobody needs.</summary>
    private void Forget(int row)
    {
        ref var task = ref _tasks[row];
        _log.Add(task.Id, task.Attempt, task.State, Forgotten, _nowUs);
        _counts[(int)task.State]--;
        _tasks.Remove(row);
    }

    /// <summary>Takes a task that nobody here needs out of its state and forgets it.</summary>
    private void ReleaseAndForget(int row)
    {
        Move(row, Released);
        Forget(row);
    }
}
