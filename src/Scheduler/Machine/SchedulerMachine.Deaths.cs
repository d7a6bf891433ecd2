using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Deaths of workers that tasks are suspected of, and when a task has seen too many of them.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>What takes all memory once takes it again: one more run, alone where most is free, has to suffice.</summary>
    private const int MemoryDeathsAllowed = 1;

    private readonly Dictionary<int, List<Death>> _deaths = [];

    /// <summary>
    /// Tasks that two workers have died of, as it seems, and until when they wait for what the nannies say by the fresh workers that
    /// they start: a lease at most. If it was memory both times they are not run again.
    /// </summary>
    private readonly List<(int Task, long Until)> _awaitingReport = [];

    /// <summary>A death: whose, of what, whether that is the nanny's word, and whether it was memory.</summary>
    private readonly record struct Death(SchedulerWorker Worker, string Reason, bool IsReported, bool IsForMemory);

    /// <summary>What the nanny knows of a death, the scheduler has seen from afar only.</summary>
    private void OnPredecessorDied(SchedulerWorker worker, PredecessorDied dead)
    {
        AcquitBystanders(worker, dead);
        List<int>? guilty = null;
        foreach ((int task, List<Death> deaths) in _deaths)
        {
            int index = FindDeath(deaths, worker, dead);
            if (index < 0)
                continue;
            deaths[index] = deaths[index] with { Reason = dead.Reason, IsReported = true, IsForMemory = dead.ForMemory != 0 };
            if (!deaths.Exists(static death => !death.IsReported))
                StopAwaiting(task);
            if (CountForMemory(deaths) > MemoryDeathsAllowed)
                (guilty ??= []).Add(task);
        }

        foreach (int task in guilty ?? [])
        {
            ref TaskRow row = ref _tasks[task];
            if (!row.IsActive)
                continue;
            if (row.State == TaskState.Processing)
                AbortRun(row);
            Fail(task, DeadlyError(task, row, _deaths[task][^1].Worker));
        }

        Settle();
    }

    /// <summary>
    /// Suspicion at a death is a guess from the order in which tasks were given. Of those that the nanny knows not to have run,
    /// it is taken back.
    /// </summary>
    private void AcquitBystanders(SchedulerWorker worker, PredecessorDied dead)
    {
        if (dead.KnowsRunning == 0)
            return;
        List<int>? bystanders = null;
        foreach ((int task, List<Death> deaths) in _deaths)
        {
            if (FindDeath(deaths, worker, dead) >= 0 && !dead.Running.Span.Contains(IdOf(_tasks[task])))
                (bystanders ??= []).Add(task);
        }

        foreach (int task in bystanders ?? [])
        {
            List<Death> deaths = _deaths[task];
            deaths.RemoveAt(FindDeath(deaths, worker, dead));
            if (deaths.Count == 0)
                Acquit(task, ref _tasks[task]);
            else if (deaths.Count <= MemoryDeathsAllowed)
                StopAwaiting(task);
        }
    }

    private static int FindDeath(List<Death> deaths, SchedulerWorker worker, PredecessorDied dead) => deaths.FindLastIndex(death =>
        death.Worker.Hello.ProcessId == dead.ProcessId && death.Worker.Hello.Host == worker.Hello.Host);

    /// <summary>Of how many deaths which tasks are suspected, for checks.</summary>
    internal void ReadSuspicions(List<(TaskId Task, int Deaths)> into)
    {
        into.Clear();
        foreach ((int task, List<Death> deaths) in _deaths)
            into.Add((IdOf(_tasks[task]), deaths.Count));
    }

    private bool IsAwaitingReport(int task)
    {
        foreach ((int waiting, long until) in _awaitingReport)
        {
            if (waiting == task && until > _now)
                return true;
        }

        return false;
    }

    private void StopAwaiting(int task) => _awaitingReport.RemoveAll(entry => entry.Task == task);

    private void StopAwaitingReports()
    {
        if (_awaitingReport.Count > 0)
            _awaitingReport.RemoveAll(entry => entry.Until <= _now);
    }

    private void ForgetDeaths(int task)
    {
        _deaths.Remove(task);
        StopAwaiting(task);
    }

    /// <summary>Notes a death; returns whether the task has seen too many.</summary>
    private bool Blame(int task, ref TaskRow row, in Death death)
    {
        if (!_deaths.TryGetValue(task, out List<Death>? deaths))
            _deaths.Add(task, deaths = []);
        row.Flags |= TaskFlags.Suspected;
        deaths.Add(death);
        if (deaths.Count > MemoryDeathsAllowed)
            _awaitingReport.Add((task, _now + _options.WorkerLeaseUs));
        return deaths.Count >= _options.PoisonedAfter;
    }

    private static int CountForMemory(List<Death> deaths)
    {
        int count = 0;
        foreach (Death death in deaths)
            count += death.IsForMemory ? 1 : 0;
        return count;
    }

    private TaskError DeadlyError(int task, in TaskRow row, SchedulerWorker worker)
    {
        List<Death> deaths = _deaths[task];
        string reports = string.Join("; ", deaths.Select(static death => $"{death.Worker.Label}: {death.Reason}"));
        return CountForMemory(deaths) > 0
            ? new TaskError(
                TaskErrorKind.OutOfMemory,
                typeof(OutOfMemoryException).FullName!,
                $"{deaths.Count} worker processes were ended for their memory while they ran {KeyOf(task, row)}: {reports}",
                RemoteStack: "",
                KeyOf(task, row),
                worker.Label)
            : new TaskError(
                TaskErrorKind.Poisoned,
                "TaskGraph.PoisonedTaskException",
                $"{deaths.Count} workers died while they may have run {KeyOf(task, row)}: {reports}",
                RemoteStack: "",
                KeyOf(task, row),
                worker.Label);
    }
}
