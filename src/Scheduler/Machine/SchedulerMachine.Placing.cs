using System.Runtime.InteropServices;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Placement;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Placement, once per turn: who runs what. No step looks at all workers, except for restricted tasks.
/// </content>
internal sealed partial class SchedulerMachine
{
    private readonly ReadyQueue _ready = new();
    private readonly List<int> _urgent = [];
    private readonly OpenWorkers _open = new();
    private readonly List<SchedulerWorker> _loadDirty = [];
    private int _totalThreads;

    private void Place()
    {
        RefreshLoads();
        PlaceUrgent();
        PlaceSuspects();
        PlaceHeld();
        SchedulerWorker? run = null;
        int runLeft = 0;
        while (_open.Least is { } least && TryTakeReady(out int task))
        {
            ref TaskRow row = ref _tasks[task];
            if (row.Has(TaskFlags.HasExtras) && HasPlaceNeeds(task))
            {
                PlaceRestricted(task);
            }
            else if (row.DependencyCount > 0)
            {
                if (IsLarge(row))
                {
                    PlaceLarge(task);
                    continue;
                }

                SchedulerWorker chosen = ChooseByInputs(row, least);
                Assign(task, chosen);
                RefreshOpen(chosen);
            }
            else
            {
                // Roots: neighbours in the order go to the same worker, an equal share of what is queued at a time.
                least = ChooseForRoot(row, least);
                if (run != least || runLeft == 0)
                {
                    int share = _stateCounts[(int)TaskState.Queued] / Math.Max(1, _totalThreads);
                    runLeft = Math.Max(1, share) * least.Threads;
                }

                run = least;
                runLeft = AssignRun(task, least, runLeft);
            }
        }
    }

    /// <summary>
    /// Assigns a root task and the roots that follow it, while the worker has room; returns what is left of the run.
    /// </summary>
    private int AssignRun(int task, SchedulerWorker worker, int runLeft)
    {
        Assign(task, worker);
        runLeft--;
        while (runLeft > 0 && DepthRule.HasRoom(worker, _options.BacklogUs, _options.MaxTasksPerThread) && TryTakeReady(out int next))
        {
            ref TaskRow row = ref _tasks[next];
            if (row.DependencyCount > 0 || row.Has(TaskFlags.HasExtras))
            {
                _ready.Push(next, row.Generation, row.Priority);
                runLeft = 0;
                break;
            }

            Assign(next, worker);
            runLeft--;
        }

        RefreshOpen(worker);
        return runLeft;
    }

    private bool TryTakeReady(out int task)
    {
        while (_ready.TryPop(out task, out byte generation))
        {
            AnnounceReady();
            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Queued && row.Generation == generation && !row.Has(TaskFlags.Urgent))
                return true;
        }

        return false;
    }

    private void PlaceUrgent()
    {
        if (_urgent.Count == 0)
            return;
        SchedulerWorker? least = _open.Least ?? LeastLoaded(restriction: -1, isUrgent: true);
        if (least is null)
            return;
        List<int>? waiting = null;
        foreach (int task in _urgent)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Queued || !row.Has(TaskFlags.Urgent))
                continue;
            if (row.Has(TaskFlags.Suspected) && IsCondemned(task))
            {
                (waiting ??= []).Add(task);
                continue;
            }

            if (IsLarge(row) || (row.Has(TaskFlags.HasExtras) && HasPlaceNeeds(task)))
            {
                PlaceRestricted(task);
                continue;
            }

            SchedulerWorker chosen = row.DependencyCount > 0 ? ChooseByInputs(row, least) : least;
            Assign(task, chosen);
            RefreshOpen(chosen);
            least = _open.Least ?? least;
        }

        _urgent.Clear();
        if (waiting is not null)
            _urgent.AddRange(waiting);
    }

    /// <summary>Gives the task to a worker that may run it; false when it is held until one has supply.</summary>
    private bool PlaceRestricted(int task)
    {
        if (IsLarge(_tasks[task]))
            return PlaceLarge(task);
        if (ChoosePlace(task) is { } chosen)
        {
            Assign(task, chosen);
            RefreshOpen(chosen);
            return true;
        }

        if (CanEverBePlaced(task))
        {
            Hold(task);
            return false;
        }

        Transition(task, TaskState.NoWorker);
        return true;
    }

    private SchedulerWorker? LeastLoaded(
        int restriction, int resources = -1, bool isUrgent = false, bool isActor = false)
    {
        SchedulerWorker? least = null;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is null || !MayTake(worker, isUrgent))
                continue;
            if (restriction >= 0 && !_restrictions.Allows(restriction, worker))
                continue;
            if (!HasSupply(worker, resources, isUrgent))
                continue;
            if (least is null || (isActor ? HasFewerActors(worker, least) : IsLessLoaded(worker, least)))
                least = worker;
        }

        return least;
    }

    /// <summary>
    /// Whether the worker may be given a task. What a running task waits for goes even to one that is set aside: it may
    /// be the input of that very task.
    /// </summary>
    private static bool MayTake(SchedulerWorker worker, bool isUrgent) =>
        worker.TakesTasks || (isUrgent && worker.Status == WorkerStatus.Running);

    private static bool IsLessLoaded(SchedulerWorker worker, SchedulerWorker than) =>
        worker.Load != than.Load ? worker.Load < than.Load : worker.ActiveCount < than.ActiveCount;

    private int RestrictionOf(int task) => CollectionsMarshal.GetValueRefOrNullRef(_extras, task).Restriction;

    /// <summary>Whether the worker may run the task, and can hold its inputs.</summary>
    private bool IsAllowed(int task, SchedulerWorker worker) =>
        IsPermitted(task, worker)
        && (_storedBytes <= worker.MemoryLimit || InputBytes(_tasks[task]) <= worker.MemoryLimit);

    private bool IsPermitted(int task, SchedulerWorker worker)
    {
        if (!_tasks[task].Has(TaskFlags.HasExtras))
            return true;
        ref TaskExtras extras = ref CollectionsMarshal.GetValueRefOrNullRef(_extras, task);
        if (extras.Resources >= 0 && !worker.Supply.HasEver(_resources[extras.Resources]))
            return false;
        return extras.Restriction < 0 || extras.AllowOtherWorkers || _restrictions.Allows(extras.Restriction, worker);
    }
}
