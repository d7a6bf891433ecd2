namespace TaskGraph.Scheduler.Machine;

/// <content>
/// What must hold between turns. Tests check it after every event; it looks at everything, so it is slow.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>
    /// Throws <see cref="InvariantException"/> with the task's story if any table contradicts another.
    /// </summary>
    internal void AssertInvariants()
    {
        int inUse = 0;
        Span<int> counts = stackalloc int[8];
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Forgotten)
                continue;
            inUse++;
            counts[(int)row.State]++;
            AssertLinks(task, row);
            AssertState(task, row);
            Require(_submissions[row.Submission].Rows[row.Index] == task, task, "its submission does not name it");
        }

        RequireAll(inUse == _tasks.Count, "rows in use");
        for (TaskState state = TaskState.Released; state <= TaskState.Erred; state++)
            RequireAll(counts[(int)state] == _stateCounts[(int)state], $"number of tasks in {state}");
        RequireAll(_unneeded.Count == 0, "unneeded tasks are settled");
        RequireAll(_noWorker.Count == _stateCounts[(int)TaskState.NoWorker], "tasks without a worker");
        RequireAll(_storedBytes == _workers.Sum(worker => worker?.StoredBytes ?? 0), "bytes of all workers");
        RequireAll(_errors.Count == _stateCounts[(int)TaskState.Erred], "errors");
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                AssertWorker(worker);
        }

        AssertSecondRuns();
        AssertSubmissions();
    }

    private void AssertLinks(int task, in TaskRow row)
    {
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            Require(_edges[edge].Dependent == task, task, "a dependency edge is not its own");
            Require(
                _tasks[_edges[edge].Dependency].State != TaskState.Forgotten, task, "it depends on a forgotten task");
        }

        int waiters = 0;
        int last = -1;
        for (int edge = _tasks.FirstDependent(task); edge >= 0; last = edge, edge = _edges[edge].Next)
        {
            Require(_edges[edge].Dependency == task, task, "a dependent's edge does not lead back");
            Require(_edges[edge].Previous == last, task, "its dependents' list is broken");
            if (_tasks[_edges[edge].Dependent].IsActive)
                waiters++;
        }

        Require(_tasks.Dependents(task).Last == last, task, "its dependents' list has another tail");
        int counted = _tasks.WaiterCount(task);
        Require(waiters == counted, task, $"{waiters} dependents need it, {counted} are counted");
    }

    private void AssertState(int task, in TaskRow row)
    {
        bool isNeeded = IsWanted(task, row) || _tasks.WaiterCount(task) > 0;
        int missing = CountMissingInputs(row);
        Require(_tasks.StateOf(task) == row.State, task, "the column of states has another one");
        switch (row.State)
        {
            case TaskState.Released when !_submissions[row.Submission].IsAccepted:
                return;
            case TaskState.Released:
                Require(!isNeeded, task, "it is released, and needed");
                Require(_tasks.FirstDependent(task) >= 0, task, "it is released, without dependents, and not forgotten");
                break;
            case TaskState.Waiting:
                Require(missing > 0 && _tasks.Needs(task).MissingCount == missing, task, $"{missing} inputs are missing");
                Require(
                    !row.Has(TaskFlags.Urgent) || AreMissingInputsUrgent(row), task, "it is urgent, what it waits for is not");
                break;
            case TaskState.Queued or TaskState.NoWorker:
                Require(missing == 0, task, "it can run, and lacks inputs");
                break;
            case TaskState.Processing:
                Require(row.Worker >= 0 && _workers[row.Worker] is not null, task, "its worker is gone");
                Require(missing == 0 || AreMissingInputsUrgent(row), task, "inputs it lacks are not on their way");
                break;
            case TaskState.Memory:
                AssertHolders(task, row);
                break;
            case TaskState.Erred:
                Require(_errors.ContainsKey(task), task, "it has failed without an error");
                Require(_tasks.WaiterCount(task) == 0, task, "it has failed, and somebody waits for it");
                Require(isNeeded || _tasks.FirstDependent(task) >= 0, task, "it has failed and nobody cares");
                break;
        }

        Require(isNeeded || !(row.IsActive || row.State == TaskState.Memory), task, "nobody needs it");
        Require(!row.Has(TaskFlags.Urgent) || row.IsActive, task, "it is urgent but not under way");
    }

    private bool AreMissingInputsUrgent(in TaskRow row)
    {
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            ref TaskRow input = ref _tasks[_edges[edge].Dependency];
            if (input.State != TaskState.Memory && !(input.IsActive && input.Has(TaskFlags.Urgent)))
                return false;
        }

        return true;
    }

    private void AssertHolders(int task, in TaskRow row)
    {
        Require(row.Worker >= 0 && _workers[row.Worker] is not null, task, "its holder is gone");
        for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
        {
            Require(_workers[_replicas.Worker(link)] is not null, task, "a holder is gone");
            Require(_replicas.Worker(link) != row.Worker, task, "a holder is named twice");
        }

        Require(row.Has(TaskFlags.HasReplicas) == _replicas.First(task) >= 0, task, "further holders");
    }

    private void AssertWorker(SchedulerWorker worker)
    {
        int assigned = 0, seceded = 0, retracting = 0, stored = 0;
        long occupancy = SecondRunOccupancy(worker), bytes = 0;
        int previous = -1;
        for (int task = worker.FirstAssigned; task >= 0; previous = task, task = _tasks[task].NextAssigned)
        {
            ref TaskRow row = ref _tasks[task];
            Require(row.State == TaskState.Processing && row.Worker == worker.Number, task, "it is in another's list");
            Require(row.PreviousAssigned == previous, task, "the list of assigned tasks is broken");
            assigned++;
            if (row.Has(TaskFlags.Seceded))
                seceded++;
            else
                occupancy += _functions[row.Function].EstimateUs;
            if (row.Has(TaskFlags.Retracting))
                retracting++;
        }

        for (int task = 0; task < _tasks.HighWater; task++)
        {
            if (!Holds(task, _tasks[task], worker.Number))
                continue;
            stored++;
            bytes += _tasks[task].Bytes;
        }

        RequireAll(worker.LastAssigned == previous, $"last task of {worker.Label}");
        RequireAll(worker.AssignedCount == assigned, $"assigned tasks of {worker.Label}");
        RequireAll(worker.SecededCount == seceded, $"long-running tasks of {worker.Label}");
        RequireAll(worker.OccupancyUs == occupancy, $"occupancy of {worker.Label}");
        RequireAll(
            worker.IsSetAside == (worker.Suspect >= 0 || worker == _emptying), $"what {worker.Label} is set aside for");
        RequireAll(worker.RetractingCount == retracting, $"retracting tasks of {worker.Label}");
        RequireAll(worker.StoredCount == stored && worker.StoredBytes == bytes, $"results of {worker.Label}");
    }

    private void AssertSubmissions()
    {
        foreach (Submission submission in _submissions.All)
        {
            int live = 0;
            for (int index = 0; index < submission.TaskCount; index++)
            {
                int task = submission.Rows[index];
                if (task < 0)
                    continue;
                live++;
                Require(_tasks[task].State != TaskState.Forgotten, task, "a submission names a forgotten task");
            }

            RequireAll(live == submission.LiveCount, $"live tasks of submission {submission.Id:x}");
            RequireAll(live > 0 || !submission.IsAccepted, $"submission {submission.Id:x} is empty and kept");
        }
    }

    private void Require(bool condition, int task, string problem)
    {
        if (condition)
            return;
        TaskId id = IdOf(_tasks[task]);
        throw new InvariantException($"task {id} in {_tasks[task].State}: {problem}. Its story:{_log.Story(id)}");
    }

    private static void RequireAll(bool condition, string what)
    {
        if (!condition)
            throw new InvariantException($"the count is wrong: {what}");
    }
}

/// <summary>Two tables of the machine contradict each other: a defect.</summary>
internal sealed class InvariantException(string message) : TaskGraphException(message);
