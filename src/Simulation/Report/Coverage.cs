using TaskGraph.Scheduler.Machine;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Simulation;

/// <summary>What a run, or many, went through: proof that faults happen, and that rare moves are made while they do.</summary>
internal sealed class Coverage
{
    private const int SchedulerStates = 8;
    private const int WorkerStates = (int)WorkerTaskState.Forgotten + 1;

    private readonly Dictionary<MessageKind, int> _delivered = [];
    private readonly int[] _happened = new int[FaultKinds.Each.Length];
    private readonly long[,] _scheduler = new long[SchedulerStates * SchedulerStates, FaultKinds.Each.Length + 1];
    private readonly long[,] _worker = new long[WorkerStates * WorkerStates, FaultKinds.Each.Length + 1];
    private readonly int[] _schedulerRuns = new int[SchedulerStates * SchedulerStates];
    private readonly int[] _workerRuns = new int[WorkerStates * WorkerStates];
    private int _mask;

    /// <summary>How many runs are added up here.</summary>
    public int RunCount { get; private set; }

    /// <summary>Order-dependent hash of all that was delivered.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    public long StepCount { get; set; }

    public long RecomputedCount { get; set; }

    /// <summary>How many messages of this kind were delivered.</summary>
    public int this[MessageKind kind] => _delivered.GetValueOrDefault(kind);

    public int MessageCount => _delivered.Values.Sum();

    /// <summary>In how many runs something of that kind took place.</summary>
    public int RunsWith(Faults kind) => _happened[Array.IndexOf(FaultKinds.Each, kind)];

    /// <summary>How many runs made that move.</summary>
    public int RunsMaking(TaskState from, TaskState to) => _schedulerRuns[Row(from, to)];

    /// <summary>As <see cref="RunsMaking(TaskState,TaskState)"/>, on workers.</summary>
    public int RunsMaking(WorkerTaskState from, WorkerTaskState to) => _workerRuns[Row(from, to)];

    /// <summary>Moves of that row made in runs in which something of that kind had taken place; null = in all runs.</summary>
    public long Moves(TaskState from, TaskState to, Faults? after) => _scheduler[Row(from, to), Column(after)];

    /// <summary>As <see cref="Moves(TaskState,TaskState,Faults?)"/>, on workers.</summary>
    public long Moves(WorkerTaskState from, WorkerTaskState to, Faults? after) => _worker[Row(from, to), Column(after)];

    public void Delivered(MessageKind kind, long nowUs)
    {
        _delivered[kind] = this[kind] + 1;
        Fingerprint = (Fingerprint ^ (ulong)kind) * 1099511628211;
        Fingerprint = (Fingerprint ^ (ulong)nowUs) * 1099511628211;
    }

    public void Happened(Faults kind)
    {
        var column = Array.IndexOf(FaultKinds.Each, kind);
        _happened[column] |= 1;
        _mask |= 1 << column;
    }

    public void Moved(TaskState from, TaskState to) => Count(_scheduler, Row(from, to));

    public void Moved(WorkerTaskState from, WorkerTaskState to) => Count(_worker, Row(from, to));

    public void Add(Coverage other)
    {
        RunCount += Math.Max(1, other.RunCount);
        AddRuns(_schedulerRuns, other._schedulerRuns, other._scheduler, other.RunCount);
        AddRuns(_workerRuns, other._workerRuns, other._worker, other.RunCount);
        foreach (var (kind, count) in other._delivered)
            _delivered[kind] = this[kind] + count;
        for (var i = 0; i < _happened.Length; i++)
            _happened[i] += other._happened[i];
        Add(_scheduler, other._scheduler);
        Add(_worker, other._worker);
        StepCount += other.StepCount;
        RecomputedCount += other.RecomputedCount;
    }

    public override string ToString() =>
        string.Join(", ", _delivered.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"));

    private static int Row(TaskState from, TaskState to) => ((int)from * SchedulerStates) + (int)to;

    private static int Row(WorkerTaskState from, WorkerTaskState to) => ((int)from * WorkerStates) + (int)to;

    private static int Column(Faults? kind) =>
        kind is { } one ? Array.IndexOf(FaultKinds.Each, one) : FaultKinds.Each.Length;

    private static void Add(long[,] to, long[,] from)
    {
        for (var row = 0; row < to.GetLength(0); row++)
        {
            for (var column = 0; column < to.GetLength(1); column++)
                to[row, column] += from[row, column];
        }
    }

    private static void AddRuns(int[] to, int[] from, long[,] moves, int runs)
    {
        for (var row = 0; row < to.Length; row++)
            to[row] += runs > 0 ? from[row] : moves[row, FaultKinds.Each.Length] > 0 ? 1 : 0;
    }

    private void Count(long[,] table, int row)
    {
        table[row, FaultKinds.Each.Length]++;
        for (var bits = _mask; bits != 0; bits &= bits - 1)
            table[row, int.TrailingZeroCount(bits)]++;
    }
}
