namespace TaskGraph.Scheduler.Machine;

/// <content>
/// What a batch of finished tasks does to their neighbours: done for the whole batch at a time, in flat loops over edges and
/// then over neighbours. All that these touch lies anywhere, and in such loops it can be asked for well ahead.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>So many neighbours are dealt with at a time: a task may have millions.</summary>
    private const int MaxReached = 4096;

    /// <summary>How far ahead the loops ask for what they will touch.</summary>
    private const int NeighbourAhead = 12;

    /// <summary>Inputs of wider tasks are let go of at once.</summary>
    private const int MaxPassedInputs = 64;

    private readonly int[] _reached = new int[MaxReached];

    /// <summary>Edges to dependents of finished tasks: the first ones, and what is left of these lists.</summary>
    private int[] _edgesToWalk = new int[256];
    private int _edgesToWalkCount;

    /// <summary>Inputs that finished tasks no longer need.</summary>
    private int[] _passed = new int[256];
    private int _passedCount;

    /// <summary>Whether finished tasks leave their neighbours to the end of the batch.</summary>
    private bool _isFinishingMany;

    /// <summary>Notes that the dependents of a finished task are to count down.</summary>
    private void ReachDependents(int firstEdge)
    {
        if (_edgesToWalkCount == _edgesToWalk.Length)
            Array.Resize(ref _edgesToWalk, _edgesToWalkCount * 2);
        _edgesToWalk[_edgesToWalkCount++] = firstEdge;
    }

    private void CountDownDependents()
    {
        while (_edgesToWalkCount > 0)
            CountDown(_reached.AsSpan(0, WalkEdges()));
    }

    /// <summary>
    /// Finds dependents, first the first one of each list, then the second ones, and so on; returns how many.
    /// </summary>
    private int WalkEdges()
    {
        int[] walk = _edgesToWalk;
        int count = _edgesToWalkCount;
        int reached = 0;
        for (int i = 0; i < Math.Min(NeighbourAhead, count); i++)
            CacheHint.WillNeed(ref _edges[walk[i]]);
        while (count > 0 && reached < MaxReached)
        {
            // The edge after each takes its place for the next round.
            int here = 0;
            int left = 0;
            for (; here < count && reached < MaxReached; here++)
            {
                if (here + NeighbourAhead < count)
                    CacheHint.WillNeed(ref _edges[walk[here + NeighbourAhead]]);
                ref Edge edge = ref _edges[walk[here]];
                int dependent = edge.Dependent;
                _reached[reached++] = dependent;
                CacheHint.WillNeed(ref _tasks.Needs(dependent));
                int next = edge.Next;
                walk[left] = next;
                left += next >= 0 ? 1 : 0;
            }

            walk.AsSpan(here, count - here).CopyTo(walk.AsSpan(left));
            count = left + count - here;
            for (int i = 0; i < Math.Min(NeighbourAhead, count); i++)
                CacheHint.WillNeed(ref _edges[walk[i]]);
        }

        _edgesToWalkCount = count;
        return reached;
    }

    /// <summary>Those that have waited for nothing else become runnable.</summary>
    private void CountDown(Span<int> reached)
    {
        int runnable = 0;
        for (int i = 0; i < reached.Length; i++)
        {
            int task = reached[i];
            ref TaskNeeds needs = ref _tasks.Needs(task);
            if (needs.State == TaskState.Waiting && --needs.MissingCount == 0)
            {
                reached[runnable++] = task;
                CacheHint.WillNeed(ref _tasks[task]);
            }
        }

        foreach (int task in reached[..runnable])
            Transition(task, TaskState.Queued);
    }

    /// <summary>Notes that an input is not needed any more by one of the finished tasks.</summary>
    private void PassInputs(in TaskRow row)
    {
        if (_passedCount + row.DependencyCount > _passed.Length)
            Array.Resize(ref _passed, Math.Max(_passedCount + row.DependencyCount, _passedCount * 2));
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            int input = _edges[edge].Dependency;
            _passed[_passedCount++] = input;
            CacheHint.WillNeed(ref _tasks.Needs(input));
        }
    }

    private void LetGoOfPassed()
    {
        Span<int> passed = _passed.AsSpan(0, _passedCount);
        _passedCount = 0;
        int idle = 0;
        for (int i = 0; i < passed.Length; i++)
        {
            int input = passed[i];
            if (i + NeighbourAhead < passed.Length)
                CacheHint.WillNeed(ref _tasks.Needs(passed[i + NeighbourAhead]));
            if (--_tasks.Needs(input).WaiterCount != 0)
                continue;
            passed[idle++] = input;
            CacheHint.WillNeed(ref _tasks[input]);
        }

        foreach (int input in passed[..idle])
        {
            if (!_tasks[input].Has(TaskFlags.Wanted))
                _unneeded.Push(input);
        }
    }
}
