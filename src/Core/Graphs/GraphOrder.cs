namespace TaskGraph;

/// <summary>
/// The static order of a graph's tasks: such that few results are alive at a time. Depth first from the outputs, the
/// input that needs most room first; a task whose run frees an input follows at once; a branch that has been begun is
/// finished before another is. Deterministic; near-linear in tasks and dependencies.
/// </summary>
public static class GraphOrder
{
    /// <summary>
    /// Per task: its place in the order, 0 = first. Inputs always come before the tasks that take them.
    /// </summary>
    /// <param name="dependencyEnds">Per task: where its dependencies end in <paramref name="dependencies"/>.</param>
    /// <param name="dependencies">Task numbers; negative ones are tasks outside the graph. No cycle
    /// (<see cref="CycleCheck"/>).</param>
    public static int[] Of(ReadOnlySpan<int> dependencyEnds, ReadOnlySpan<int> dependencies)
        => new GraphOrdering(new GraphShape(dependencyEnds, dependencies)).Run();
}
