namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>One of a task's outputs.</summary>
internal readonly record struct EsteeOutput(int Task, int Index);

/// <summary>
/// A graph as the simulator Estee has them: tasks with durations in seconds and numbers of processors, any number of
/// outputs with sizes in MiB, of which other tasks take single ones.
/// </summary>
internal sealed class EsteeGraph
{
    private readonly List<double> _seconds = [];
    private readonly List<int> _cpus = [];
    private readonly List<double[]> _outputs = [];

    /// <summary>Which task takes which.</summary>
    public DependencyList Shape { get; } = new();

    /// <summary>How many tasks.</summary>
    public int Count => Shape.Count;

    /// <summary>How many outputs all tasks have.</summary>
    public int OutputCount => _outputs.Sum(static sizes => sizes.Length);

    /// <summary>The size of all outputs, in MiB.</summary>
    public double OutputMib => _outputs.Sum(static sizes => sizes.Sum());

    /// <summary>The most processors that a task needs.</summary>
    public int MostCpus => _cpus.Max();

    /// <summary>Adds a task; returns its number.</summary>
    public int Add(double seconds, double[] outputs, IEnumerable<EsteeOutput>? inputs = null, int cpus = 1)
    {
        _seconds.Add(seconds);
        _outputs.Add(outputs);
        _cpus.Add(cpus);
        int[] tasks = [.. (inputs ?? []).Select(static input => input.Task).Distinct()];
        return Shape.Add(tasks);
    }

    /// <summary>Adds a task with a single output; returns this.</summary>
    public EsteeOutput AddWithOutput(
        double seconds, double output, IEnumerable<EsteeOutput>? inputs = null, int cpus = 1) =>
        new(Add(seconds, [output], inputs, cpus), 0);

    /// <summary>The outputs of a task.</summary>
    public EsteeOutput[] OutputsOf(int task) =>
        [.. Enumerable.Range(0, _outputs[task].Length).Select(index => new EsteeOutput(task, index))];

    /// <summary>The size of an output, in MiB.</summary>
    public double MibOf(EsteeOutput output) => _outputs[output.Task][output.Index];

    /// <summary>The size of a task's outputs together, in MiB.</summary>
    public double MibOf(int task) => _outputs[task].Sum();

    /// <summary>How long a task runs.</summary>
    public double SecondsOf(int task) => _seconds[task];

    /// <summary>How many processors a task needs.</summary>
    public int CpusOf(int task) => _cpus[task];

    /// <summary>No schedule on so many processors is shorter: all work shared evenly, or the longest path.</summary>
    /// <param name="cpus">Processors in all.</param>
    /// <param name="mostCpus">The most that a task may take; it counts as taking no more.</param>
    public double LowerBoundSeconds(int cpus, int mostCpus)
    {
        double work = 0;
        double longest = 0;
        var ends = new double[Count];
        for (int task = 0; task < Count; task++)
        {
            double start = 0;
            foreach (int input in Shape.InputsOf(task))
                start = Math.Max(start, ends[input]);
            ends[task] = start + _seconds[task];
            longest = Math.Max(longest, ends[task]);
            work += _seconds[task] * Math.Min(_cpus[task], mostCpus);
        }

        return Math.Max(work / cpus, longest);
    }
}
