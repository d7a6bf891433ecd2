namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Workers that start nothing for a while: what waits at them is asked back, what they hold stays of use.
/// </content>
internal sealed partial class SchedulerMachine
{
    private void SetPaused(SchedulerWorker worker, bool isPaused)
    {
        if (worker.IsPaused == isPaused)
            return;
        worker.IsPaused = isPaused;
        if (isPaused && worker.Status == WorkerStatus.Running)
        {
            worker.Status = WorkerStatus.Paused;
            MarkLoad(worker);
            AskBackAll(worker);
            Effects.Add(new SchedulerEffect(
                EffectLevel.Warning, $"worker {worker.Label} has paused: {worker.PauseReason}", Close: null));
        }
        else if (!isPaused && worker.Status == WorkerStatus.Paused)
        {
            Reinstate(worker);
            Effects.Add(new SchedulerEffect(EffectLevel.Info, $"worker {worker.Label} runs again", Close: null));
        }
    }

    /// <summary>Nothing of ours keeps the worker from work any more: it gets some, unless it says that it is paused.</summary>
    private void Reinstate(SchedulerWorker worker)
    {
        worker.Status = worker.IsPaused ? WorkerStatus.Paused : WorkerStatus.Running;
        MarkLoad(worker);
        if (worker.Status != WorkerStatus.Running)
            return;
        _isSupplyChanged = true;
#if PLANTED
        if (!Diagnostics.PlantedBug.Is(21))
#endif
        RequeueUnplaceable(worker);
    }

    private void RequeueUnplaceable(SchedulerWorker worker)
    {
        foreach (int task in _noWorker.ToArray())
        {
            if (IsAllowed(task, worker))
                Transition(task, TaskState.Queued);
        }
    }

    private void AskBackAll(SchedulerWorker worker)
    {
        for (int task = worker.LastAssigned; task >= 0; task = _tasks[task].PreviousAssigned)
            AskBack(task, worker);
    }

    /// <summary>Asks for a task that may not have started.</summary>
    private void AskBack(int task, SchedulerWorker worker)
    {
        ref TaskRow row = ref _tasks[task];
        if (row.Has(TaskFlags.Seceded | TaskFlags.Started | TaskFlags.Retracting))
            return;
        Dirty(worker);
        worker.Outbox.Retract(IdOf(row), row.Attempt);
        row.Flags |= TaskFlags.Retracting;
        worker.RetractingCount++;
        _retractingCount++;
    }
}
