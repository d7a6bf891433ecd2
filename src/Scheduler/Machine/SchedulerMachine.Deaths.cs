using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Deaths of workers that tasks are suspected of, and when a task has seen too many of them.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>What takes all memory once takes it again: one more run, alone where most is free, has to suffice.</summary>
    private const int MemoryDeathsAllowed = 1;

    private readonly Dictionary<int, List<Death>> _deaths = [];

    /// <summary>A death: whose, of what, whether that is the nanny's word, and whether it was memory.</summary>
    private readonly record struct Death(SchedulerWorker Worker, string Reason, bool IsReported, bool IsForMemory);

    /// <summary>Of how many deaths which tasks are suspected, for checks.</summary>
    internal void ReadSuspicions(List<(TaskId Task, int Deaths)> into)
    {
        into.Clear();
        foreach ((int task, List<Death> deaths) in _deaths)
            into.Add((IdOf(_tasks[task]), deaths.Count));
    }

    private void ForgetDeaths(int task)
    {
        _deaths.Remove(task);
        StopAwaiting(task);
    }

    /// <summary>Notes a death; returns whether the task has seen too many, and no report of them is to be waited for.</summary>
    private bool Blame(int task, ref TaskRow row, in Death death)
    {
        if (!_deaths.TryGetValue(task, out List<Death>? deaths))
            _deaths.Add(task, deaths = []);

        // Where a report has been waited for in vain, no nanny is there to make one.
        bool mayBeReported = deaths.Count <= MemoryDeathsAllowed || IsAwaitingReport(task)
            || deaths.Exists(static death => death.IsReported);
        row.Flags |= TaskFlags.Suspected;
        deaths.Add(death);
        if (IsCondemned(deaths) && !mayBeReported)
            return true;
        if (IsCondemned(deaths) || deaths.Count > MemoryDeathsAllowed)
            AwaitReport(task);
        return false;
    }

    private bool IsCondemned(List<Death> deaths) => deaths.Count >= _options.PoisonedAfter;

    /// <summary>Whether the task is not to run any more: it only waits for the reports of its deaths.</summary>
    private bool IsCondemned(int task) => _deaths.TryGetValue(task, out List<Death>? deaths) && IsCondemned(deaths);

    private static int CountForMemory(List<Death> deaths)
    {
        int count = 0;
        foreach (Death death in deaths)
            count += death.IsForMemory ? 1 : 0;
        return count;
    }

    private TaskError DeadlyError(int task, in TaskRow row)
    {
        List<Death> deaths = _deaths[task];
        SchedulerWorker worker = deaths[^1].Worker;
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
