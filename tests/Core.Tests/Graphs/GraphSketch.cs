namespace TaskGraph.Tests.Graphs;

/// <summary>A small graph written down by a test, and what an order of it costs.</summary>
internal sealed class GraphSketch
{
    private readonly List<int[]> _inputs = [];

    public int Count => _inputs.Count;

    public int Add(params int[] inputs)
    {
        _inputs.Add(inputs);
        return _inputs.Count - 1;
    }

    public int[] InputsOf(int task) => _inputs[task];

    public int[] Ends()
    {
        var ends = new int[Count];
        for (var i = 0; i < Count; i++)
            ends[i] = (i == 0 ? 0 : ends[i - 1]) + _inputs[i].Length;
        return ends;
    }

    public int[] Inputs() => [.. _inputs.SelectMany(static inputs => inputs)];

    public int[] Order() => GraphOrder.Of(Ends(), Inputs());

    /// <summary>The tasks in the order of their run.</summary>
    public int[] Sequence()
    {
        var order = Order();
        var sequence = new int[Count];
        for (var task = 0; task < Count; task++)
            sequence[order[task]] = task;
        return sequence;
    }

    /// <summary>
    /// The most results alive at a time, if tasks run one by one in the order; outputs are freed at once.
    /// </summary>
    public int MostAlive()
    {
        var left = new int[Count];
        foreach (var input in Inputs())
            left[input]++;
        int alive = 0, most = 0;
        foreach (var task in Sequence())
        {
            most = Math.Max(most, ++alive);
            foreach (var input in InputsOf(task))
            {
                if (--left[input] == 0)
                    alive--;
            }
            if (left[task] == 0)
                alive--;
        }
        return most;
    }

    /// <summary>
    /// A reduction of <paramref name="roots"/> roots, <paramref name="fanIn"/> at a time; the tree's last task.
    /// </summary>
    public int Reduce(IReadOnlyList<int> level, int fanIn)
    {
        while (level.Count > 1)
            level = [.. level.Chunk(fanIn).Select(Add)];
        return level[0];
    }
}
