namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Second runs of tasks in Processing. The first result counts; the other run is aborted, and the numbers of both (the
/// second has the one after the first's) fence off what may still be said of them. If the first run fails or its worker
/// goes, the second takes its place.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>By task in Processing: the worker of its second run, −1 = that run has ended without a result.</summary>
    private readonly Dictionary<int, int> _secondRuns = [];

    private bool IsSecondRun(int task, SchedulerWorker worker, int attempt) =>
        _tasks[task].Has(TaskFlags.Speculated) && _tasks[task].Attempt + 1 == attempt
        && _secondRuns[task] == worker.Number;

    /// <summary>Whether a worker's run of a task is a second one, for checks.</summary>
    internal bool RunsSecond(TaskId id, int worker) =>
        _submissions.FindTask(id) is >= 0 and int task && _tasks[task].Has(TaskFlags.Speculated) && _secondRuns[task] == worker;

    /// <summary>Whether a result is that of a second run: then the first is aborted, and the second takes its place.</summary>
    private bool HasWon(int task, SchedulerWorker worker, int attempt)
    {
        if (!IsSecondRun(task, worker, attempt))
            return false;
        AbortRun(_tasks[task]);
        PutSecondFirst(task);
        return true;
    }

    /// <summary>The first run has come to nothing: the second one, if it runs, takes its place.</summary>
    private bool TryPutSecondFirst(int task)
    {
        if (!_tasks[task].Has(TaskFlags.Speculated) || _secondRuns[task] < 0 || CountMissingInputs(_tasks[task]) > 0)
            return false;
        PutSecondFirst(task);
        return true;
    }

    private void PutSecondFirst(int task)
    {
        ref TaskRow row = ref _tasks[task];
        SchedulerWorker worker = _workers[_secondRuns[task]]!;
        ForgetSecondRun(task, ref row);
        Transition(task, TaskState.Queued);
        row.Attempt++;
        Attach(task, worker);
        RecordAttempt(row);
    }

    /// <summary>The first run leaves its worker for good: the second one ends, and its number is used up.</summary>
    private void EndSecondRun(int task, ref TaskRow row)
    {
        int number = _secondRuns[task];
        ForgetSecondRun(task, ref row);
        row.Attempt++;
        if (number < 0 || !_workers[number]!.IsConnected)
            return;
        Dirty(_workers[number]!);
        _workers[number]!.Outbox.Abort(IdOf(row), row.Attempt);
    }

    private void ForgetSecondRun(int task, ref TaskRow row)
    {
        LeaveSecondWorker(task, row);
        _secondRuns.Remove(task);
        row.Flags &= ~TaskFlags.Speculated;
    }

    /// <summary>A second run has ended without a result. The task gets no other one at this dispatch.</summary>
    private void LeaveSecondWorker(int task, in TaskRow row)
    {
        int number = _secondRuns[task];
        _secondRuns[task] = -1;
        if (number < 0)
            return;
        SchedulerWorker worker = _workers[number]!;
        worker.SecondRunCount--;
        RemoveLoad(worker, row.Function);
        MarkLoad(worker);
    }

    /// <summary>The worker is gone: its second runs may be what killed it, as its other ones.</summary>
    private void LoseSecondRuns(SchedulerWorker worker, in Death death, bool isPlanned)
    {
        if (worker.SecondRunCount == 0)
            return;
        foreach (int task in _secondRuns.Keys.ToArray())
        {
            if (!_secondRuns.TryGetValue(task, out int number) || number != worker.Number)
                continue;
            ref TaskRow row = ref _tasks[task];
            LeaveSecondWorker(task, row);
            if (isPlanned)
                continue;
            bool isGivenUp = Blame(task, ref row, in death);
            if (!isGivenUp && !IsCondemned(task))
                continue;
            AbortRun(row);
            if (isGivenUp)
                Fail(task, DeadlyError(task, row));
            else
                Requeue(task);
        }
    }

    /// <summary>Whether the task runs on the worker, be it for the second time.</summary>
    private bool RunsOn(int task, in TaskRow row, int worker) =>
        row.State == TaskState.Processing
        && (row.Worker == worker || (row.Has(TaskFlags.Speculated) && _secondRuns[task] == worker));

    private long SecondRunOccupancy(SchedulerWorker worker)
    {
        long occupancy = 0;
        foreach ((int task, int number) in _secondRuns)
        {
            if (number == worker.Number)
                occupancy += _functions[_tasks[task].Function].EstimateUs;
        }

        return occupancy;
    }

    private void AssertSecondRuns()
    {
        int speculative = 0, speculated = 0;
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Forgotten)
                continue;
            if (row.Has(TaskFlags.Speculative))
                speculative++;
            if (!row.Has(TaskFlags.Speculated))
                continue;
            speculated++;
            Require(row.State == TaskState.Processing, task, "it has a second run, and not a first one");
            Require(_secondRuns[task] != row.Worker, task, "both runs are on the same worker");
            Require(_secondRuns[task] < 0 || _workers[_secondRuns[task]] is not null, task, "its second worker is gone");
        }

        RequireAll(speculative == _speculativeCount, "tasks that may be run a second time");
        RequireAll(speculated == _secondRuns.Count, "second runs");
        foreach (SchedulerWorker? worker in _workers)
        {
            int second = worker is null ? 0 : _secondRuns.Values.Count(number => number == worker.Number);
            RequireAll(worker is null || worker.SecondRunCount == second, $"second runs of {worker?.Label}");
        }
    }
}
