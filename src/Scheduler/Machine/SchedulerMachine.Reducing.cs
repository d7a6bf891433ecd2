namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Copies that nobody needs are dropped (what Dask's active memory manager calls ReduceReplicas): a value keeps one copy
/// for each task that waits for it, as many as a client asked for, and one at least.
/// </content>
internal sealed partial class SchedulerMachine
{
    private const int MaxRowsPerTick = 32_768;
    private const int MaxConsumersLookedAt = 1024;

    /// <summary>By task: how many copies a client asked for.</summary>
    private readonly Dictionary<int, int> _copiesAsked = [];

    private readonly List<int> _users = [];
    private int _nextToReduce;
    private long _reduceAt;

    /// <summary>Looks at the next values; a pass over all begins at most every <c>ReduceIntervalUs</c>.</summary>
    private void ReduceReplicas()
    {
        if (_options.ReduceIntervalUs == 0 || _replicas.Count == 0 || (_nextToReduce == 0 && _now < _reduceAt))
            return;
        if (_nextToReduce == 0)
            _reduceAt = _now + _options.ReduceIntervalUs;
        int end = Math.Min(_tasks.HighWater, _nextToReduce + MaxRowsPerTick);
        for (int task = _nextToReduce; task < end; task++)
        {
            if (_tasks[task].State == TaskState.Memory && _tasks[task].Has(TaskFlags.HasReplicas))
                Reduce(task);
        }

        _nextToReduce = end < _tasks.HighWater ? end : 0;
    }

    private void Reduce(int task)
    {
        ref TaskRow row = ref _tasks[task];
        int needed = Math.Max(Math.Max(1, _tasks.WaiterCount(task)), _copiesAsked.GetValueOrDefault(task));
        int copies = HolderCount(task, row);
        if (copies <= needed || _copies.ContainsKey(task) || !FindUsers(task, row))
            return;
        for (; copies > needed && ChooseCopyToDrop(task, row) is { } holder; copies--)
            DropReplica(task, ref row, holder.Number);
    }

    /// <summary>
    /// Notes the workers whose tasks use the value now; false when one of them is fetching it, from whom is not known.
    /// </summary>
    private bool FindUsers(int task, in TaskRow row)
    {
        _users.Clear();
        if (_tasks.WaiterCount(task) == 0)
            return true;
        int looked = 0;
        for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
        {
            if (looked++ == MaxConsumersLookedAt)
                return false;
            ref TaskRow consumer = ref _tasks[_edges[edge].Dependent];
            if (consumer.State != TaskState.Processing)
                continue;
            if (!Holds(task, row, consumer.Worker))
                return false;
            _users.Add(consumer.Worker);
        }

        return true;
    }

    /// <summary>The holder that drops its copy: a paused one, else the one with most bytes; null = all use it.</summary>
    private SchedulerWorker? ChooseCopyToDrop(int task, in TaskRow row)
    {
        SchedulerWorker? best = _users.Contains(row.Worker) || IsHome(row, row.Worker) ? null : _workers[row.Worker];
        for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
        {
            SchedulerWorker holder = _workers[_replicas.Worker(link)]!;
            if (!_users.Contains(holder.Number) && (best is null || GivesUpBefore(holder, best)))
                best = holder;
        }

        return best;
    }

    private static bool GivesUpBefore(SchedulerWorker left, SchedulerWorker right)
    {
        bool isPaused = left.Status == WorkerStatus.Paused;
        if (isPaused != (right.Status == WorkerStatus.Paused))
            return isPaused;
        return left.PlannedBytes != right.PlannedBytes
            ? left.PlannedBytes > right.PlannedBytes
            : left.Number < right.Number;
    }
}
