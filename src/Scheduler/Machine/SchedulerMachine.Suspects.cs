namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Tasks that may have killed a worker run again alone: the next death then says for certain who it was. A worker for
/// them is set aside: it gets nothing else, and what waits at it is asked back.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>Suspects that can run.</summary>
    private readonly Placement.ReadyQueue _suspects = new();

    /// <summary>The one worker that is being emptied for a suspect, null = none.</summary>
    private SchedulerWorker? _emptying;

    private void PlaceSuspects()
    {
        List<int>? waiting = null;
        PlaceSuspects(ref waiting);
        foreach (int task in waiting ?? [])
            _suspects.Push(task, _tasks[task].Generation, _tasks[task].Priority);
    }

    private void PlaceSuspects(ref List<int>? waiting)
    {
        while (_suspects.TryPop(out int task, out byte generation))
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Queued || row.Generation != generation || row.Has(TaskFlags.Urgent))
                continue;

            // Pardoned meanwhile: it waits like any other. A worker set aside for it would stay so for ever.
            if (!row.Has(TaskFlags.Suspected))
            {
                _ready.Push(task, row.Generation, row.Priority);
                continue;
            }

            if (IsAwaitingReport(task))
            {
                (waiting ??= []).Add(task);
                continue;
            }

            if (ChooseForSuspect(task, out bool isAnyAllowed, out bool isShort) is { } worker)
            {
                if (worker == _emptying)
                    StopEmptying();
                worker.IsSetAside = true;
                worker.Suspect = task;
                Assign(task, worker);
                RefreshOpen(worker);
                continue;
            }

            if (!isAnyAllowed && WorkerCount > 0)
            {
                Transition(task, TaskState.NoWorker);
                continue;
            }

            // What it takes is held by runs that gave up their slots, and may wait for other suspects: these come first.
            if (isShort && _emptying is null)
            {
                (waiting ??= []).Add(task);
                continue;
            }

            _suspects.Push(task, row.Generation, row.Priority);
            return;
        }

        StopEmptying();
    }

    /// <summary>
    /// Of the workers without active tasks that with the most free memory; if there is none, one is being emptied, and the
    /// suspect waits.
    /// </summary>
    private SchedulerWorker? ChooseForSuspect(int task, out bool isAnyAllowed, out bool isShort)
    {
        isAnyAllowed = isShort = false;
        int resources = _tasks[task].Has(TaskFlags.HasExtras) ? ResourcesOf(task) : -1;
        SchedulerWorker? best = null;
        SchedulerWorker? idle = null;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not { Status: WorkerStatus.Running } || !IsAllowed(task, worker))
                continue;
            isAnyAllowed = true;
            if (worker.ActiveCount == 0)
            {
#if PLANTED
                if (Diagnostics.PlantedBug.Is(31))
                    resources = -1;
#endif
                if (!HasSupply(worker, resources, isUrgent: false))
                    isShort = true;
                else if (idle is null || worker.FreeBytes > idle.FreeBytes)
                    idle = worker;
                continue;
            }

            if (worker.Suspect < 0 && (best is null || worker == _emptying
                || (best != _emptying && worker.Load < best.Load)))
                best = worker;
        }

        if (idle is not null)
            return idle;
        if (best is not null && best != _emptying)
        {
            StopEmptying();
            _emptying = best;
            best.IsSetAside = true;
            AskBackAll(best);
            RefreshOpen(best);
        }

        return null;
    }

    private void StopEmptying()
    {
        if (_emptying is null)
            return;
        SchedulerWorker worker = _emptying;
        _emptying = null;
        PutBack(worker);
    }

    /// <summary>The suspect on this worker has ended, or given up its slot: others may come.</summary>
    private void EndSuspect(int task, SchedulerWorker worker)
    {
        if (worker.Suspect != task)
            return;
        worker.Suspect = -1;
        PutBack(worker);
    }

    private void PutBack(SchedulerWorker worker)
    {
        worker.IsSetAside = false;
        _isSupplyChanged = true;
        MarkLoad(worker);
    }

    /// <summary>It ran to its end, or the worker lives after all: whatever has happened, this task killed none.</summary>
    private void Acquit(int task, ref TaskRow row)
    {
        row.Flags &= ~TaskFlags.Suspected;
        ForgetDeaths(task);
        if (row.State == TaskState.Processing)
            EndSuspect(task, _workers[row.Worker]!);
    }
}
