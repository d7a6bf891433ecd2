using System.Runtime.InteropServices;
using TaskGraph.Scheduler.Placement;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Tasks that take resources. They are dispatched only while their worker has enough free, so a worker never waits for
/// its own supply; those for which none is free are held here, in order of priority, and stay Queued.
/// </content>
internal sealed partial class SchedulerMachine
{
    private readonly ResourceTable _resources = new();

    /// <summary>By where they may run and what they take: tasks for which nothing was free.</summary>
    private readonly Dictionary<(int Restriction, int Resources), ReadyQueue> _held = [];

    /// <summary>Whether something was given back, or a worker came or went, since the held tasks were looked at.</summary>
    private bool _isSupplyChanged;

    private int ResourcesOf(int task) => CollectionsMarshal.GetValueRefOrNullRef(_extras, task).Resources;

    /// <summary>Whether not every worker may run the task at any time.</summary>
    private bool HasPlaceNeeds(int task)
    {
        ref TaskExtras extras = ref CollectionsMarshal.GetValueRefOrNullRef(_extras, task);
        return extras.Restriction >= 0 || extras.Resources >= 0 || _tasks[task].Has(TaskFlags.Actor);
    }

    private bool HasSupply(SchedulerWorker worker, int resources, bool isUrgent) =>
        resources < 0
        || (isUrgent ? worker.Supply.HasEver(_resources[resources]) : worker.Supply.HasNow(_resources[resources]));

    /// <summary>The least loaded worker that may run the task now, null = none.</summary>
    private SchedulerWorker? ChoosePlace(int task)
    {
        ref TaskExtras extras = ref CollectionsMarshal.GetValueRefOrNullRef(_extras, task);

        // What a running task waits for may have to run beside it: that the worker has enough in all will do.
        bool isUrgent = _tasks[task].Has(TaskFlags.Urgent);
        bool isActor = _tasks[task].Has(TaskFlags.Actor);
        SchedulerWorker? chosen = LeastLoaded(extras.Restriction, extras.Resources, isUrgent, isActor);
        return chosen is null && extras.AllowOtherWorkers
            ? LeastLoaded(-1, extras.Resources, isUrgent, isActor)
            : chosen;
    }

    private bool CanEverBePlaced(int task)
    {
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is { Status: WorkerStatus.Running } && IsAllowed(task, worker))
                return true;
        }

        return false;
    }

    private void Hold(int task)
    {
        ref TaskRow row = ref _tasks[task];
        (int, int) need = (-1, -1);
        if (row.Has(TaskFlags.HasExtras))
        {
            ref TaskExtras extras = ref CollectionsMarshal.GetValueRefOrNullRef(_extras, task);
            need = (extras.AllowOtherWorkers ? -1 : extras.Restriction, extras.Resources);
        }

        if (!_held.TryGetValue(need, out ReadyQueue? queue))
            _held.Add(need, queue = new ReadyQueue());
        queue.Push(task, row.Generation, row.Priority);
    }

    /// <summary>Places held tasks, as many as the supply allows now.</summary>
    private void PlaceHeld()
    {
        if (!_isSupplyChanged)
            return;
        _isSupplyChanged = false;
        foreach ((int, int) need in _held.Keys.ToArray())
        {
            ReadyQueue queue = _held[need];
            while (queue.TryPop(out int task, out byte generation))
            {
                if (_tasks[task].State == TaskState.Queued && _tasks[task].Generation == generation
                    && !PlaceHeld(task))
                    break;
            }

            if (queue.Count == 0)
                _held.Remove(need);
        }
    }

    private bool PlaceHeld(int task)
    {
        ref TaskRow row = ref _tasks[task];
        if (IsLarge(row) || (row.Has(TaskFlags.HasExtras) && HasPlaceNeeds(task)))
            return PlaceRestricted(task);

        // It was held for its size, and other values have gone meanwhile.
        _ready.Push(task, row.Generation, row.Priority);
        return true;
    }

    private void TakeSupply(int task, in TaskRow row, SchedulerWorker worker)
    {
        if (row.Has(TaskFlags.HasExtras) && ResourcesOf(task) is >= 0 and int set)
            worker.Supply.Take(_resources[set]);
    }

    private void GiveSupplyBack(int task, in TaskRow row, SchedulerWorker worker)
    {
        if (!row.Has(TaskFlags.HasExtras) || ResourcesOf(task) is not (>= 0 and int set))
            return;
        worker.Supply.GiveBack(_resources[set]);
        _isSupplyChanged = true;
    }
}
