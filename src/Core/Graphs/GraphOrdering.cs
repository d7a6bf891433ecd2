using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>One run of the ordering.</summary>
internal sealed class GraphOrdering
{
    /// <summary>
    /// Up to so many small branches of a started task are run with it rather than kept waiting for it; a guess.
    /// </summary>
    private const int MaxBranches = 4;

    private readonly GraphShape _graph;
    private readonly int[] _cursors;
    private readonly Stack<int> _path = new();
    private readonly List<int> _missing = [];
    private readonly Stack<int> _followers = new();
    private readonly Stack<int> _alive = new();
    private int _next;

    public GraphOrdering(GraphShape graph)
    {
        _graph = graph;
        _cursors = new int[graph.Count];
    }

    public int[] Run()
    {
        foreach (var output in Outputs())
        {
            if (IsPlaced(output))
                continue;
            Reach(output);
            // What is alive now waits for dependents: finish those branches before new ones are begun.
            while (NextOfAlive() is var next and >= 0)
                Reach(next);
        }
        var order = new int[_graph.Count];
        for (var task = 0; task < order.Length; task++)
            order[task] = _graph[task].Place - 1;
        return order;
    }

    /// <summary>The tasks that nothing depends on, in the order in which they are aimed at.</summary>
    private int[] Outputs()
    {
        var outputs = new List<int>();
        var roots = 0;
        var isUneven = false;
        var firstReach = -1;
        for (var task = 0; task < _graph.Count; task++)
        {
            ref var place = ref _graph[task];
            if (place.PendingDependents == 0)
                outputs.Add(task);
            if (place.PendingInputs > 0)
                continue;
            roots++;
            firstReach = firstReach < 0 ? place.PendingDependents : firstReach;
            isUneven |= firstReach != place.PendingDependents;
        }
        // Large goals first; but where there are about as many outputs as roots, and some share more than others, the
        // small ones first: each leaves less for the next.
        var smallFirst = isUneven && Math.Abs(roots - outputs.Count) < 0.8 * roots;
        int[] sorted = [.. outputs];
        _graph.Sort(sorted, greatestFirst: !smallFirst);
        return sorted;
    }

    /// <summary>Places a task, and before it whatever it needs: the greatest need first.</summary>
    private void Reach(int target)
    {
        _path.Push(target);
        while (_path.TryPop(out var task))
        {
            if (IsPlaced(task))
                continue;
            if (_graph[task].PendingInputs == 0)
            {
                Place(task);
                continue;
            }
            _path.Push(task);
            _missing.Clear();
            foreach (var input in _graph.InputsOf(task))
            {
                if (!IsPlaced(input))
                    _missing.Add(input);
            }
            _graph.Sort(CollectionsMarshal.AsSpan(_missing), greatestFirst: true);
            for (var i = _missing.Count - 1; i >= 0; i--)
                _path.Push(_missing[i]);
        }
    }

    /// <summary>Places a runnable task, and what then should follow at once.</summary>
    private void Place(int first)
    {
        _followers.Push(first);
        while (_followers.TryPop(out var task))
        {
            ref var place = ref _graph[task];
            if (place.Place != 0)
                continue;
            place.Place = ++_next;
            if (place.PendingDependents > 0)
                _alive.Push(task);
            foreach (var dependent in _graph.DependentsOf(task))
            {
                if (--_graph[dependent].PendingInputs == 0 && FreesAnInput(dependent))
                    _followers.Push(dependent);
            }
            foreach (var input in _graph.InputsOf(task))
            {
                _graph[input].PendingDependents--;
                FollowRestOf(input);
            }
        }
    }

    /// <summary>Its run replaces at least one result by its own: never more are alive after it.</summary>
    private bool FreesAnInput(int task)
    {
        foreach (var input in _graph.InputsOf(task))
        {
            if (_graph[input].PendingDependents == 1)
                return true;
        }
        return false;
    }

    /// <summary>
    /// One dependent of <paramref name="input"/> has run. If few are left, all runnable and none a branching point
    /// itself, they follow: keeping the input for them would keep it until their own output is aimed at.
    /// </summary>
    private void FollowRestOf(int input)
    {
        var left = _graph[input].PendingDependents;
        if (left is 0 or > MaxBranches)
            return;
        foreach (var dependent in _graph.DependentsOf(input))
        {
            if (!IsPlaced(dependent)
                && (_graph[dependent].PendingInputs > 0 || (left > 1 && _graph.DependentsOf(dependent).Length > 1)))
                return;
        }
        foreach (var dependent in _graph.DependentsOf(input))
        {
            if (!IsPlaced(dependent))
                _followers.Push(dependent);
        }
    }

    /// <summary>The least dependent of the result that came last and is still needed, or −1.</summary>
    private int NextOfAlive()
    {
        while (_alive.TryPeek(out var task))
        {
            if (_graph[task].PendingDependents == 0)
            {
                _alive.Pop();
                continue;
            }
            var dependents = _graph.DependentsOf(task);
            while (IsPlaced(dependents[_cursors[task]]))
                _cursors[task]++;
            return dependents[_cursors[task]];
        }
        return -1;
    }

    private bool IsPlaced(int task) => _graph[task].Place != 0;
}
