using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>One run of the ordering.</summary>
internal sealed class GraphOrdering
{
    /// <summary>
    /// Up to so many small branches of a started task are run with it rather than kept waiting for it; a guess.
    /// </summary>
    private const int MaxBranches = 4;

    private const int Unplaced = -1;

    private readonly GraphShape _graph;
    private readonly int[] _order;
    private readonly int[] _pendingInputs;
    private readonly int[] _pendingDependents;
    private readonly int[] _cursors;
    private readonly Stack<int> _path = new();
    private readonly List<int> _missing = [];
    private readonly Stack<int> _followers = new();
    private readonly Stack<int> _alive = new();
    private int _next;

    public GraphOrdering(GraphShape graph)
    {
        _graph = graph;
        _order = new int[graph.Count];
        _pendingInputs = new int[graph.Count];
        _pendingDependents = new int[graph.Count];
        _cursors = new int[graph.Count];
        for (var task = 0; task < graph.Count; task++)
        {
            _order[task] = Unplaced;
            _pendingInputs[task] = graph.InputsOf(task).Length;
            _pendingDependents[task] = graph.DependentsOf(task).Length;
        }
    }

    public int[] Run()
    {
        foreach (var output in Outputs())
        {
            if (_order[output] != Unplaced)
                continue;
            Reach(output);
            // What is alive now waits for dependents: finish those branches before new ones are begun.
            while (NextOfAlive() is var next and >= 0)
                Reach(next);
        }
        return _order;
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
            if (_pendingDependents[task] == 0)
                outputs.Add(task);
            if (_pendingInputs[task] > 0)
                continue;
            roots++;
            firstReach = firstReach < 0 ? _pendingDependents[task] : firstReach;
            isUneven |= firstReach != _pendingDependents[task];
        }
        // Large goals first; but where there are about as many outputs as roots, and some share more than others, the
        // small ones first: each leaves less for the next.
        var smallFirst = isUneven && Math.Abs(roots - outputs.Count) < 0.8 * roots;
        outputs.Sort(smallFirst ? _graph.Compare : _graph.CompareGreatestFirst);
        return [.. outputs];
    }

    /// <summary>Places a task, and before it whatever it needs: the greatest need first.</summary>
    private void Reach(int target)
    {
        _path.Push(target);
        while (_path.TryPop(out var task))
        {
            if (_order[task] != Unplaced)
                continue;
            if (_pendingInputs[task] == 0)
            {
                Place(task);
                continue;
            }
            _path.Push(task);
            _missing.Clear();
            foreach (var input in _graph.InputsOf(task))
            {
                if (_order[input] == Unplaced)
                    _missing.Add(input);
            }
            _graph.SortGreatestFirst(CollectionsMarshal.AsSpan(_missing));
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
            if (_order[task] != Unplaced)
                continue;
            _order[task] = _next++;
            if (_pendingDependents[task] > 0)
                _alive.Push(task);
            foreach (var dependent in _graph.DependentsOf(task))
            {
                if (--_pendingInputs[dependent] == 0 && FreesAnInput(dependent))
                    _followers.Push(dependent);
            }
            foreach (var input in _graph.InputsOf(task))
            {
                _pendingDependents[input]--;
                FollowRestOf(input);
            }
        }
    }

    /// <summary>Its run replaces at least one result by its own: never more are alive after it.</summary>
    private bool FreesAnInput(int task)
    {
        foreach (var input in _graph.InputsOf(task))
        {
            if (_pendingDependents[input] == 1)
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
        var left = _pendingDependents[input];
        if (left is 0 or > MaxBranches)
            return;
        foreach (var dependent in _graph.DependentsOf(input))
        {
            if (_order[dependent] == Unplaced
                && (_pendingInputs[dependent] > 0 || (left > 1 && _graph.DependentsOf(dependent).Length > 1)))
                return;
        }
        foreach (var dependent in _graph.DependentsOf(input))
        {
            if (_order[dependent] == Unplaced)
                _followers.Push(dependent);
        }
    }

    /// <summary>The least dependent of the result that came last and is still needed, or −1.</summary>
    private int NextOfAlive()
    {
        while (_alive.TryPeek(out var task))
        {
            var dependents = _graph.DependentsOf(task);
            for (; _cursors[task] < dependents.Length; _cursors[task]++)
            {
                if (_order[dependents[_cursors[task]]] == Unplaced)
                    return dependents[_cursors[task]];
            }
            _alive.Pop();
        }
        return Unplaced;
    }
}
