using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// The engine: one move at a time, what leaving and entering a state does, and the work lists that moves feed.
/// </content>
internal sealed partial class SchedulerMachine
{
    private readonly Stack<int> _unneeded = new();
    private readonly Stack<int> _needed = new();
    private readonly List<int> _runnable = [];
    private readonly Stack<int> _failing = new();
    private readonly Stack<int> _reviving = new();
    private readonly Stack<int> _urging = new();
    private readonly SortedSet<int> _noWorker = [];

    /// <summary>The states of the inputs that were claimed last, a bit for each state.</summary>
    private int _claimedStates;

    /// <summary>
    /// Moves a task: the only place where a state changes. The legal moves are <see cref="TransitionTable"/>.
    /// </summary>
    private void Transition(int task, TaskState to)
    {
        ref TaskRow row = ref _tasks[task];
        TaskState from = row.State;
        TaskId id = IdOf(row);
        if (!TransitionTable.IsLegal(from, to))
            throw new InvalidTransitionException(id, from, to, _log.Story(id));
        _log.Add(id.Submission, id.Index, from, to, row.Worker, row.Attempt, _now);
        _stateCounts[(int)from]--;
        _stateCounts[(int)to]++;

        bool wasActive = row.IsActive;
        Leave(task, ref row, from);
        _tasks.SetState(task, ref row, to);
        if (wasActive && !row.IsActive)
            LetGoOfInputs(row);
        else if (!wasActive && row.IsActive)
            ClaimInputs(task, row);
        else if (to == TaskState.Waiting)
            _tasks.Needs(task).MissingCount = CountMissingInputs(row);
        Enter(task, ref row, to);
    }

    private void Leave(int task, ref TaskRow row, TaskState from)
    {
        if (from == TaskState.Processing)
            Unassign(task, ref row);
        else if (from == TaskState.Memory)
            DropValue(task, ref row);
        else if (from == TaskState.NoWorker)
            LeaveNoWorker(task);
        else if (from == TaskState.Erred)
            _errors.Remove(task);
    }

    private void Enter(int task, ref TaskRow row, TaskState to)
    {
        switch (to)
        {
            case TaskState.Queued:
                if (row.Has(TaskFlags.Urgent))
                    _urgent.Add(task);
                else if (row.Has(TaskFlags.Suspected))
                    _suspects.Push(task, row.Generation, row.Priority);
                else
                    _ready.Push(task, row.Generation, row.Priority);
                break;
            case TaskState.NoWorker:
                _noWorker.Add(task);
                break;
            case TaskState.Released or TaskState.Memory or TaskState.Erred:
                row.Flags &= ~TaskFlags.Urgent;
                break;
            case TaskState.Forgotten:
                Forget(task, ref row);
                break;
        }
    }

    /// <summary>A released task begins to wait: all that there is to do and to know of its inputs, in one pass over them.</summary>
    private void ClaimInputs(int task, in TaskRow row)
    {
        int missing = 0;
        int states = 0;
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            int input = _edges[edge].Dependency;
            ref TaskNeeds needs = ref _tasks.Needs(input);
            needs.WaiterCount++;
            TaskState state = needs.State;
            states |= 1 << (int)state;
            missing += state == TaskState.Memory ? 0 : 1;
        }

        _tasks.Needs(task).MissingCount = missing;
        _claimedStates = states;
    }

    private void LetGoOfInputs(in TaskRow row)
    {
        if (_isFinishingMany && row.DependencyCount <= MaxPassedInputs)
        {
            PassInputs(row);
            return;
        }

        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            int dependency = _edges[edge].Dependency;
            if (--_tasks.Needs(dependency).WaiterCount == 0 && !_tasks[dependency].Has(TaskFlags.Wanted))
                _unneeded.Push(dependency);
        }
    }

    private int CountMissingInputs(in TaskRow row)
    {
        int missing = 0;
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            if (_tasks.StateOf(_edges[edge].Dependency) != TaskState.Memory)
                missing++;
        }

        return missing;
    }

    /// <summary>Releases and forgets what has become unneeded, and what that makes unneeded in turn.</summary>
    private void Settle()
    {
        while (_unneeded.TryPop(out int task))
        {
            if (_unneeded.TryPeek(out int next))
                CacheHint.WillNeed(ref _tasks[next]);
            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Forgotten || _tasks.WaiterCount(task) > 0 || IsWanted(task, row))
                continue;
            if (row.IsActive || row.State == TaskState.Memory)
            {
                if (row.State == TaskState.Processing)
                    AbortRun(row);
                Transition(task, TaskState.Released);
            }

            if (_tasks.FirstDependent(task) < 0)
                Transition(task, TaskState.Forgotten);
        }
    }

    /// <summary>Makes a released task wait or run, and the inputs that it needs.</summary>
    private void Need(int root)
    {
        if (_tasks[root] is { State: TaskState.Released, DependencyCount: 0, Function: >= 0 })
        {
            Transition(root, TaskState.Waiting);
            Transition(root, TaskState.Queued);
            return;
        }

        _needed.Push(root);
        while (_needed.TryPop(out int task))
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Released)
                continue;
            Transition(task, TaskState.Waiting);
            if (row.Function < 0 && !_isReplaying)
            {
                // Data that was dropped when the last task that took it had ended: it cannot be computed anew.
                Fail(task, LostError(task, row) with
                {
                    Message = $"{KeyOf(task, row)} was dropped when no task needed it any more, and a result of it has been lost: "
                        + "keep its future to keep it",
                });
                continue;
            }

            if (_tasks.Needs(task).MissingCount == 0)
            {
                _runnable.Add(task);
                continue;
            }

            const int Telling = (1 << (int)TaskState.Released) | (1 << (int)TaskState.Erred);
            if ((_claimedStates & Telling) == 0)
                continue;

            // Pushed from the last to the first, so that the first comes out first: roots become runnable in order.
            int failed = -1;
            for (int edge = row.FirstDependency + row.DependencyCount - 1; edge >= row.FirstDependency; edge--)
            {
                int dependency = _edges[edge].Dependency;
                TaskState state = _tasks.StateOf(dependency);
                if (state == TaskState.Released)
                    _needed.Push(dependency);
                else if (state == TaskState.Erred)
                    failed = dependency;
            }

            if (failed >= 0)
                Fail(task, InheritedError(failed));
        }

        foreach (int task in _runnable)
        {
            if (_tasks[task].State == TaskState.Waiting)
                Transition(task, TaskState.Queued);
        }

        _runnable.Clear();
    }

    /// <summary>Fails an active task, and every active task that takes its value.</summary>
    private void Fail(int root, TaskError error)
    {
        _failing.Push(root);
        while (_failing.TryPop(out int task))
        {
            ref TaskRow row = ref _tasks[task];
            if (!row.IsActive)
                continue;
            if (row.State == TaskState.Processing && task != root)
                AbortRun(row);
            if (task == root)
                RecordFailure(task, row, error);
            Transition(task, TaskState.Erred);
            CountFailure(row);
            _errors[task] = error;
            NotifyErred(task, row, error);
            FailDependents(task);
            _unneeded.Push(task);
        }
    }

    private void FailDependents(int task)
    {
        for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
        {
            if (_tasks[_edges[edge].Dependent].IsActive)
                _failing.Push(_edges[edge].Dependent);
        }
    }

    /// <summary>Lets a failed task, and the failed inputs that made it fail, be run again.</summary>
    private void Revive(int root)
    {
        _revived.Clear();
        _reviving.Push(root);
        while (_reviving.TryPop(out int task))
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Erred || row.Function < 0)
                continue;
            Transition(task, TaskState.Released);
            _revived.Add(task);
            ForgetDeaths(task);
            row.Flags &= ~TaskFlags.Suspected;
            for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
                _reviving.Push(_edges[edge].Dependency);
        }
    }

    /// <summary>Drops the record of a task that nobody wants and nothing depends on.</summary>
    private void Forget(int task, ref TaskRow row)
    {
        const int Ahead = 4;
        int end = row.FirstDependency + row.DependencyCount;
        for (int edge = row.FirstDependency; edge < Math.Min(end, row.FirstDependency + Ahead); edge++)
            AnnounceUnlink(edge);
        for (int edge = row.FirstDependency; edge < end; edge++)
        {
            if (edge + Ahead < end)
                AnnounceUnlink(edge + Ahead);
            int dependency = _edges[edge].Dependency;
            ref DependentList dependents = ref _tasks.Dependents(dependency);
            _edges.Unlink(edge, ref dependents);
            if (dependents.First < 0)
                _unneeded.Push(dependency);
        }

        _edges.Free(row.FirstDependency, row.DependencyCount);
        ForgetEntries(task, ref row);
        if (row.Blob >= 0)
            _blobs.RemoveUse(row.Blob);
        if (row.Has(TaskFlags.HasExtras))
            _extras.Remove(task);
        if (row.Has(TaskFlags.Suspected))
            ForgetDeaths(task);
        if (row.Has(TaskFlags.Speculative))
            _speculativeCount--;
        _tasks.Free(task);
    }

    private TaskError InheritedError(int failed) =>
        _errors.TryGetValue(failed, out TaskError? error) ? error : LostError(failed, _tasks[failed]);
}
