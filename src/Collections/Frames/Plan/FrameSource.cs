namespace TaskGraph.Collections;

/// <summary>Where a frame's partitions come from.</summary>
internal abstract class FrameSource
{
    /// <summary>The columns, or null where only a computation would tell.</summary>
    internal abstract Schema? Schema { get; }

    /// <summary>The partitions in order, ready to be added to a graph.</summary>
    /// <param name="build">The graph under construction.</param>
    /// <param name="needed">The columns that later steps read; null for all.</param>
    /// <param name="limit">How many partitions are wanted at most.</param>
    internal abstract Task<IReadOnlyList<PartitionInput>> PlanAsync(
        FrameBuild build, IReadOnlySet<string>? needed, int limit);
}

/// <summary>One partition that a program can be put on.</summary>
internal abstract class PartitionInput
{
    /// <summary>Adds the task (or tasks) that make the partition and run <paramref name="program"/> on it; none where
    /// the partition exists and the program is empty.</summary>
    internal abstract Arg<Table> Add(GraphBuilder graph, PartitionProgram program);
}

/// <summary>A partition that another task of the same graph makes.</summary>
internal sealed class TaskInput(Arg<Table> task) : PartitionInput
{
    internal override Arg<Table> Add(GraphBuilder graph, PartitionProgram program) =>
        program.Steps.Count == 0 ? task : graph.Add(PartitionTasks.Run, task, program);
}

/// <summary>A partition that is, or will be, in a worker's memory.</summary>
internal sealed class FutureInput(Future<Table> future) : PartitionInput
{
    internal override Arg<Table> Add(GraphBuilder graph, PartitionProgram program) =>
        program.Steps.Count == 0 ? future : graph.Add(PartitionTasks.Run, future, program);
}

/// <summary>Partitions in the workers' memory.</summary>
internal sealed class PersistedSource(IReadOnlyList<Future<Table>> partitions, Schema? schema) : FrameSource
{
    internal IReadOnlyList<Future<Table>> Partitions { get; } = partitions;

    internal override Schema? Schema { get; } = schema;

    internal override Task<IReadOnlyList<PartitionInput>> PlanAsync(
        FrameBuild build, IReadOnlySet<string>? needed, int limit) => Task.FromResult<IReadOnlyList<PartitionInput>>(
            [.. Partitions.Take(limit).Select(future => new FutureInput(future))]);
}
