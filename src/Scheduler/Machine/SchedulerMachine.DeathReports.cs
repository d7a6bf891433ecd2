using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// What nannies say of deaths, by the fresh workers that they start. For what a task has died of it waits, before it runs once more
/// or is given up; a lease at most, as a nanny may have died, too.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>
    /// Tasks that two workers or more have died of, as it seems, and until when they wait. If it was memory twice they are not run
    /// again; those that have seen too many deaths are not, whatever it was, but their error says what is known.
    /// </summary>
    private readonly List<(int Task, long Until)> _awaitingReport = [];

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
            Fail(task, DeadlyError(task, row));
        }

        StopAwaitingReports();
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

    private void AwaitReport(int task)
    {
        StopAwaiting(task);
        _awaitingReport.Add((task, _now + _options.WorkerLeaseUs));
    }

    private bool IsAwaitingReport(int task)
    {
        foreach ((int waiting, long until) in _awaitingReport)
        {
            if (waiting == task && (until > _now || IsCondemned(task)))
                return true;
        }

        return false;
    }

    private void StopAwaiting(int task) => _awaitingReport.RemoveAll(entry => entry.Task == task);

    /// <summary>
    /// Nothing more is waited for by those whose reports are all there, or whose time is over: they may run again, or have seen too
    /// many deaths and fail. (One of these may be under way all the same, as a second run: then that one decides.)
    /// </summary>
    private void StopAwaitingReports()
    {
        if (_awaitingReport.Count == 0)
            return;
        List<int>? condemned = null;
        for (int i = _awaitingReport.Count - 1; i >= 0; i--)
        {
            (int task, long until) = _awaitingReport[i];
            if (until > _now && _deaths[task].Exists(static death => !death.IsReported))
                continue;
            if (!IsCondemned(task) || _tasks[task].State == TaskState.Erred)
                _awaitingReport.RemoveAt(i);
            else if (_tasks[task] is { IsActive: true, State: not TaskState.Processing })
                (condemned ??= []).Add(task);
        }

        foreach (int task in condemned ?? [])
        {
            StopAwaiting(task);
            Fail(task, DeadlyError(task, _tasks[task]));
        }
    }
}
