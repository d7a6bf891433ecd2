namespace TaskGraph;

/// <summary>Tasks of a graph depend on each other in a circle, so that none of them can ever run.</summary>
public sealed class GraphCycleException : TaskGraphException
{
    /// <summary>Names the tasks of one circle, each needing the next and the last the first.</summary>
    public GraphCycleException(IReadOnlyList<string> cycle)
        : base($"The graph has a cycle: {string.Join(" needs ", cycle)} needs {cycle[0]}.")
    {
        Cycle = cycle;
    }

    /// <summary>The tasks of the circle: each needs the next, the last needs the first.</summary>
    public IReadOnlyList<string> Cycle { get; }
}
