using System.Runtime.InteropServices;

namespace TaskGraph.Bench.Graphs;

/// <summary>A graph without its functions: which task takes which. A task is added after all that it takes.</summary>
internal sealed class DependencyList
{
    private readonly List<int> _ends = [];
    private readonly List<int> _inputs = [];

    /// <summary>How many tasks.</summary>
    public int Count => _ends.Count;

    /// <summary>How many edges.</summary>
    public int EdgeCount => _inputs.Count;

    /// <summary>Adds a task that takes <paramref name="inputs"/>, each once; returns its number.</summary>
    public int Add(params ReadOnlySpan<int> inputs)
    {
        foreach (int input in inputs)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(input);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, Count);
        }

        _inputs.AddRange(inputs);
        _ends.Add(_inputs.Count);
        return Count - 1;
    }

    /// <summary>Adds <paramref name="count"/> tasks that take nothing.</summary>
    public int[] AddSources(int count)
    {
        var sources = new int[count];
        for (int i = 0; i < count; i++)
            sources[i] = Add();
        return sources;
    }

    /// <summary>For each of <paramref name="inputs"/> a task that takes it alone.</summary>
    public int[] AddEach(ReadOnlySpan<int> inputs)
    {
        var tasks = new int[inputs.Length];
        for (int i = 0; i < tasks.Length; i++)
            tasks[i] = Add(inputs[i]);
        return tasks;
    }

    /// <summary>
    /// Reduces <paramref name="inputs"/> by groups of <paramref name="width"/> until so many are left, and these by
    /// one last task. A group of one passes through without a task.
    /// </summary>
    public int AddTree(ReadOnlySpan<int> inputs, int width)
    {
        int[] level = inputs.ToArray();
        while (level.Length > width)
        {
            var next = new int[(level.Length + width - 1) / width];
            for (int i = 0; i < next.Length; i++)
            {
                var group = level.AsSpan(i * width, Math.Min(width, level.Length - (i * width)));
                next[i] = group.Length == 1 ? group[0] : Add(group);
            }

            level = next;
        }

        return Add(level);
    }

    /// <summary>What a task takes.</summary>
    public ReadOnlySpan<int> InputsOf(int task)
    {
        int start = task == 0 ? 0 : _ends[task - 1];
        return CollectionsMarshal.AsSpan(_inputs)[start.._ends[task]];
    }

    /// <summary>Tasks that no other takes.</summary>
    public int[] Sinks()
    {
        var isTaken = new bool[Count];
        foreach (int input in _inputs)
            isTaken[input] = true;
        return [.. Enumerable.Range(0, Count).Where(task => !isTaken[task])];
    }

    /// <summary>Edges of the longest path.</summary>
    public int LongestPath()
    {
        var depths = new int[Count];
        int longest = 0;
        for (int task = 0; task < depths.Length; task++)
        {
            foreach (int input in InputsOf(task))
                depths[task] = Math.Max(depths[task], depths[input] + 1);
            longest = Math.Max(longest, depths[task]);
        }

        return longest;
    }

    /// <summary>The values if every task is the sum of its inputs plus one (which may wrap), worked out here.</summary>
    public long[] Evaluate()
    {
        var values = new long[Count];
        for (int task = 0; task < values.Length; task++)
        {
            long sum = 1;
            foreach (int input in InputsOf(task))
                sum = unchecked(sum + values[input]);
            values[task] = sum;
        }

        return values;
    }
}
