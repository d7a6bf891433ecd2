using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Workers that are cut off and come back. Within the lease the shell resumes the session and nothing is lost. Past it
/// the worker comes under a new incarnation and hands in what it holds and runs; what fits is taken over, attempts that
/// are older than the latest dispatch are fenced off by their number.
/// </content>
internal sealed partial class SchedulerMachine
{
    private readonly List<int> _pardoned = [];

    /// <summary>
    /// No worker that has come back knows of a dispatch with a higher number. A scheduler that was started anew counts
    /// from there: a worker takes a dispatch under a number that it has seen for one that came twice.
    /// </summary>
    private int _attemptsBefore;

    /// <summary>A worker's link is gone, and its session may be resumed: it gets nothing new until it is heard.</summary>
    public void InterruptWorker(SchedulerWorker worker, string reason, long now)
    {
        _now = now;
        if (!worker.IsConnected || worker.Status is not (WorkerStatus.Running or WorkerStatus.Paused))
            return;
        worker.Status = WorkerStatus.Suspect;
        MarkLoad(worker);
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info, $"worker {worker.Label} is cut off ({reason}): it may come back within its lease", Close: null));
    }

    /// <summary>A worker's session goes on over another link.</summary>
    public void ResumeWorker(SchedulerWorker worker, long now)
    {
        _now = now;
        if (worker.IsConnected)
            HeardFrom(worker);
    }

    private void OnWorkerInventory(SchedulerWorker worker, WorkerInventory message)
    {
        RequireRows(message.Held.Count, message.HeldAttempts.Count);
        RequireRows(message.Held.Count, message.HeldBytes.Count);
        RequireRows(message.Running.Count, message.RunningAttempts.Count);
        RequireRows(message.Running.Count, message.RunningSeceded.Count);
        if (worker.Status != WorkerStatus.Returning)
            throw new MalformedMessageException("an inventory of a worker that has not just come back");
        for (int i = 0; i < message.Held.Count; i++)
            TakeHeld(worker, message.Held[i], message.HeldAttempts[i], Math.Max(0, message.HeldBytes[i]));
        for (int i = 0; i < message.Running.Count; i++)
            TakeRunning(worker, message.Running[i], message.RunningAttempts[i], message.RunningSeceded[i] != 0);
        if (!message.IsLast)
            return;
        NoLongerExpected(worker);
#if PLANTED
        if (!Diagnostics.PlantedBug.Is(30))
#endif
        _attemptsBefore = Math.Max(_attemptsBefore, message.HighestAttempt);
        worker.Status = worker.IsPaused ? WorkerStatus.Paused : WorkerStatus.Running;
        MarkLoad(worker);
        _isSupplyChanged = true;
        RequeueUnplaceable(worker);
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info,
            $"worker {worker.Label} is back: {worker.StoredCount} results and {worker.AssignedCount} runs taken over",
            Close: null));
    }

    private void TakeHeld(SchedulerWorker worker, TaskId id, int attempt, long bytes)
    {
        int task = FindDispatched(id);
        if (task < 0)
        {
            FreeStray(worker, id, int.MaxValue);
            return;
        }

        ref TaskRow row = ref _tasks[task];

        // What a speculative task gives is the same whichever run gave it.
        bool isCopy = attempt < 0 || row.Has(TaskFlags.Speculative);
        if (row.State == TaskState.Memory && (isCopy || attempt == row.Attempt))
        {
            // A free of the value names this number, and is to mean this worker's copy, too.
            row.Attempt = Math.Max(row.Attempt, attempt);
            if (!Holds(task, row, worker.Number))
                AddHolder(task, ref row, worker);
        }
        else if (row.State is TaskState.Waiting or TaskState.Queued or TaskState.NoWorker
            && (isCopy ? !row.Has(TaskFlags.Actor) : attempt >= row.Attempt))
        {
            row.Attempt = Math.Max(row.Attempt, attempt);
            Finish(task, worker, bytes, hasInline: false, default);
        }
        else
        {
            FreeStray(worker, id, attempt);
        }
    }

    private void TakeRunning(SchedulerWorker worker, TaskId id, int attempt, bool isSeceded)
    {
        int task = FindDispatched(id);
        if (task < 0 || _tasks[task].State is not (TaskState.Queued or TaskState.NoWorker)
            || _tasks[task].Attempt > attempt || _tasks[task].Function < 0)
        {
            Dirty(worker);
            worker.Outbox.Abort(id, attempt);
            return;
        }

        ref TaskRow row = ref _tasks[task];
        if (row.State == TaskState.NoWorker)
            Transition(task, TaskState.Queued);
        row.Attempt = attempt;
        Attach(task, worker);
        if (attempt > 1)
            RecordAttempt(row);
        if (isSeceded)
            Secede(task, worker, ref row);
    }

    /// <summary>
    /// A worker whose link was lost for too long is back: it had not died, so no task is to blame for that.
    /// </summary>
    private void ComeBack(SchedulerWorker worker)
    {
        worker.Status = WorkerStatus.Returning;
        ulong former = worker.Hello.FormerIncarnation;
        _pardoned.Clear();
        foreach ((int task, List<Death> deaths) in _deaths)
        {
            if (deaths.RemoveAll(death => death.Worker.Hello.Incarnation == former) == 0)
                continue;
            if (!IsCondemned(deaths))
                StopAwaiting(task);
            if (deaths.Count == 0)
                _pardoned.Add(task);
        }

        foreach (int task in _pardoned)
            Acquit(task, ref _tasks[task]);
    }
}
