namespace TaskGraph;

/// <summary>A graph as two-way adjacency, and per task how much must be held to compute it.</summary>
internal sealed class GraphShape
{
    /// <summary>Nearly all lists are of two or three tasks.</summary>
    private const int Few = 12;

    // One more than there are tasks: where a task's lists end, the next one's begin.
    private readonly GraphPlace[] _places;
    private readonly int[] _inputs;
    private readonly int[] _dependents;

    /// <summary>Reads a graph without cycles; negative dependencies are outside of it and do not count.</summary>
    public GraphShape(ReadOnlySpan<int> dependencyEnds, ReadOnlySpan<int> dependencies)
    {
        Count = dependencyEnds.Length;
        _places = new GraphPlace[Count + 1];
        _inputs = KeepInner(dependencyEnds, dependencies, out var takesEarlierOnly);
        _dependents = Reverse();
        if (takesEarlierOnly)
        {
            for (var task = 0; task < Count; task++)
                Weigh(task);
        }
        else
        {
            foreach (var task in InputsFirst())
                Weigh(task);
        }
        for (var task = 0; task < Count; task++)
            Sort(_dependents.AsSpan(_places[task].FirstDependent.._places[task + 1].FirstDependent), greatestFirst: false);
    }

    public int Count { get; }

    /// <summary>What is known of a task.</summary>
    public ref GraphPlace this[int task] => ref _places[task];

    public ReadOnlySpan<int> InputsOf(int task)
    {
        var places = _places.AsSpan(task, 2);
        return _inputs.AsSpan(places[0].FirstInput..places[1].FirstInput);
    }

    /// <summary>The tasks that take its result, the least first.</summary>
    public ReadOnlySpan<int> DependentsOf(int task)
    {
        var places = _places.AsSpan(task, 2);
        return _dependents.AsSpan(places[0].FirstDependent..places[1].FirstDependent);
    }

    /// <summary>
    /// Sorts tasks by what they need: results held at once (Sethi and Ullman's number, "The generation of optimal code
    /// for arithmetic expressions", 1970), then tasks in all. Among equals the earlier one comes first either way, so that
    /// equal branches run in the order given.
    /// </summary>
    public void Sort(Span<int> tasks, bool greatestFirst)
    {
        if (tasks.Length > Few)
        {
            SortMany(tasks, greatestFirst);
            return;
        }
        for (var i = 1; i < tasks.Length; i++)
        {
            var task = tasks[i];
            var hole = i;
            for (; hole > 0 && IsBefore(task, tasks[hole - 1], greatestFirst); hole--)
                tasks[hole] = tasks[hole - 1];
            tasks[hole] = task;
        }
    }

    private bool IsBefore(int left, int right, bool greatestFirst)
    {
        ref var one = ref _places[left];
        ref var other = ref _places[right];
        if (one.Need != other.Need)
            return one.Need > other.Need == greatestFirst;
        if (one.Total != other.Total)
            return one.Total > other.Total == greatestFirst;
        return left < right;
    }

    /// <summary>What is compared is gathered first: a long list compares each task many times.</summary>
    private void SortMany(Span<int> tasks, bool greatestFirst)
    {
        var sign = greatestFirst ? -1 : 1;
        var weights = new (int Need, double Total, int Task)[tasks.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            ref var place = ref _places[tasks[i]];
            weights[i] = (sign * place.Need, sign * place.Total, tasks[i]);
        }
        weights.AsSpan().Sort(static (left, right) =>
            left.Need != right.Need ? left.Need.CompareTo(right.Need)
            : left.Total != right.Total ? left.Total.CompareTo(right.Total)
            : left.Task.CompareTo(right.Task));
        for (var i = 0; i < weights.Length; i++)
            tasks[i] = weights[i].Task;
    }

    private int[] KeepInner(ReadOnlySpan<int> ends, ReadOnlySpan<int> dependencies, out bool takesEarlierOnly)
    {
        var inner = new int[dependencies.Length];
        var count = 0;
        takesEarlierOnly = true;
        for (int task = 0, next = 0; task < ends.Length; task++)
        {
            var first = count;
            for (; next < ends[task]; next++)
            {
                if (dependencies[next] < 0)
                    continue;
                takesEarlierOnly &= dependencies[next] < task;
                inner[count++] = dependencies[next];
            }
            _places[task].PendingInputs = count - first;
            _places[task + 1].FirstInput = count;
        }
        return count == inner.Length ? inner : inner[..count];
    }

    private int[] Reverse()
    {
        foreach (var input in _inputs)
            _places[input].PendingDependents++;
        var next = new int[Count];
        var end = 0;
        for (var task = 0; task < Count; task++)
        {
            next[task] = end;
            _places[task].FirstDependent = end;
            end += _places[task].PendingDependents;
        }
        _places[Count].FirstDependent = end;
        var dependents = new int[_inputs.Length];
        for (var task = 0; task < Count; task++)
        {
            foreach (var input in InputsOf(task))
                dependents[next[input]++] = task;
        }
        return dependents;
    }

    private List<int> InputsFirst()
    {
        var sequence = new List<int>(Count);
        var pending = new int[Count];
        for (var task = 0; task < Count; task++)
        {
            pending[task] = _places[task].PendingInputs;
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
        var inputs = InputsOf(task);
        var needs = inputs.Length <= Few ? stackalloc int[Few] : new int[inputs.Length];
        needs = needs[..inputs.Length];
        double total = 1;
        for (var i = 0; i < inputs.Length; i++)
        {
            ref var input = ref _places[inputs[i]];
            needs[i] = input.Need;
            total += input.Total;
        }
        needs.Sort();
        var need = 1;
        // The greatest is computed first; while one is computed, the results of those before it are held.
        for (var i = 0; i < needs.Length; i++)
            need = Math.Max(need, needs[^(i + 1)] + i);
        _places[task].Need = need;
        _places[task].Total = Math.Min(total, double.MaxValue / 2);
    }
}
