namespace TaskGraph;

/// <summary>A graph as two-way adjacency, and per task how much must be held to compute it.</summary>
internal sealed class GraphShape
{
    private readonly int[] _inputEnds;
    private readonly int[] _inputs;
    private readonly int[] _dependentEnds;
    private readonly int[] _dependents;
    private readonly int[] _needs;
    private readonly double[] _totals;
    private readonly Comparison<int> _leastFirst;
    private readonly Comparison<int> _greatestFirst;
    private int[] _scratch = [];

    /// <summary>Reads a graph without cycles; negative dependencies are outside of it and do not count.</summary>
    public GraphShape(ReadOnlySpan<int> dependencyEnds, ReadOnlySpan<int> dependencies)
    {
        Count = dependencyEnds.Length;
        _leastFirst = Compare;
        _greatestFirst = CompareGreatestFirst;
        (_inputEnds, _inputs) = KeepInner(dependencyEnds, dependencies);
        (_dependentEnds, _dependents) = Reverse();
        _needs = new int[Count];
        _totals = new double[Count];
        foreach (var task in InputsFirst())
            Weigh(task);
        for (var task = 0; task < Count; task++)
            Sort(_dependents.AsSpan(Start(_dependentEnds, task).._dependentEnds[task]), _leastFirst);
    }

    /// <summary>Sorts tasks, the greatest need first.</summary>
    public void SortGreatestFirst(Span<int> tasks) => Sort(tasks, _greatestFirst);

    /// <summary>Nearly all lists are of two or three tasks.</summary>
    private static void Sort(Span<int> tasks, Comparison<int> comparison)
    {
        const int few = 12;
        if (tasks.Length > few)
        {
            tasks.Sort(comparison);
            return;
        }
        for (var i = 1; i < tasks.Length; i++)
        {
            var task = tasks[i];
            var hole = i;
            for (; hole > 0 && comparison(task, tasks[hole - 1]) < 0; hole--)
                tasks[hole] = tasks[hole - 1];
            tasks[hole] = task;
        }
    }

    public int Count { get; }

    public ReadOnlySpan<int> InputsOf(int task) => _inputs.AsSpan(Start(_inputEnds, task).._inputEnds[task]);

    /// <summary>The tasks that take its result, the least first.</summary>
    public ReadOnlySpan<int> DependentsOf(int task)
        => _dependents.AsSpan(Start(_dependentEnds, task).._dependentEnds[task]);

    /// <summary>
    /// Which of two tasks needs more: results held at once (Sethi and Ullman's number, "The generation of optimal code
    /// for arithmetic expressions", 1970), then tasks in all; among equals the later one is the greater.
    /// </summary>
    public int Compare(int left, int right)
    {
        var byNeed = _needs[left].CompareTo(_needs[right]);
        if (byNeed != 0)
            return byNeed;
        var byTotal = _totals[left].CompareTo(_totals[right]);
        return byTotal != 0 ? byTotal : left.CompareTo(right);
    }

    /// <summary>
    /// The greatest need first; among equals the earlier one, so that equal branches run in the order given.
    /// </summary>
    public int CompareGreatestFirst(int left, int right)
    {
        var byNeed = _needs[right].CompareTo(_needs[left]);
        if (byNeed != 0)
            return byNeed;
        var byTotal = _totals[right].CompareTo(_totals[left]);
        return byTotal != 0 ? byTotal : left.CompareTo(right);
    }

    private static int Start(int[] ends, int task) => task == 0 ? 0 : ends[task - 1];

    private static (int[] Ends, int[] Inputs) KeepInner(ReadOnlySpan<int> ends, ReadOnlySpan<int> dependencies)
    {
        var inner = new List<int>(dependencies.Length);
        var innerEnds = new int[ends.Length];
        for (int task = 0, next = 0; task < ends.Length; task++)
        {
            for (; next < ends[task]; next++)
            {
                if (dependencies[next] >= 0)
                    inner.Add(dependencies[next]);
            }
            innerEnds[task] = inner.Count;
        }
        return (innerEnds, [.. inner]);
    }

    private (int[] Ends, int[] Dependents) Reverse()
    {
        var ends = new int[Count];
        foreach (var input in _inputs)
            ends[input]++;
        for (var task = 1; task < Count; task++)
            ends[task] += ends[task - 1];
        var dependents = new int[_inputs.Length];
        var next = (int[])ends.Clone();
        // From the back, so that each task's dependents end up in ascending order.
        for (var task = Count - 1; task >= 0; task--)
        {
            foreach (var input in InputsOf(task))
                dependents[--next[input]] = task;
        }
        return (ends, dependents);
    }

    private List<int> InputsFirst()
    {
        var sequence = new List<int>(Count);
        var pending = new int[Count];
        for (var task = 0; task < Count; task++)
        {
            pending[task] = InputsOf(task).Length;
            if (pending[task] == 0)
                sequence.Add(task);
        }
        for (var i = 0; i < sequence.Count; i++)
        {
            foreach (var dependent in DependentsOf(sequence[i]))
            {
                if (--pending[dependent] == 0)
                    sequence.Add(dependent);
            }
        }
        return sequence;
    }

    private void Weigh(int task)
    {
        var count = InputsOf(task).Length;
        if (_scratch.Length < count)
            _scratch = new int[Math.Max(count, 16)];
        var inputs = _scratch.AsSpan(0, count);
        InputsOf(task).CopyTo(inputs);
        SortGreatestFirst(inputs);
        var need = 1;
        double total = 1;
        for (var i = 0; i < inputs.Length; i++)
        {
            // While the i-th input is computed, the results of those before it are held.
            need = Math.Max(need, _needs[inputs[i]] + i);
            total += _totals[inputs[i]];
        }
        _needs[task] = need;
        _totals[task] = Math.Min(total, double.MaxValue / 2);
    }
}
