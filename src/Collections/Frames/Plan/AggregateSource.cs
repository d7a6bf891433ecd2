namespace TaskGraph.Collections;

/// <summary>The result of a group-by: one partition, made by partial states per partition and a tree of
/// merges.</summary>
internal sealed class AggregateSource(DataFrame input, AggregateSpec spec) : FrameSource
{
    internal override Schema? Schema => input.Schema is { } schema
        ? PartitionTasks.Finish([new PartialStep(spec).Apply(Table.Empty(schema))], spec).Schema
        : null;

    internal override async Task<IReadOnlyList<PartitionInput>> PlanAsync(
        FrameBuild build, IReadOnlySet<string>? needed, int limit)
    {
        IReadOnlyList<Arg<Table>> states = await build.AddAsync(
            input, new HashSet<string>(), [new PartialStep(spec)]).ConfigureAwait(false);
        states = build.Tree(states, group => build.Graph.Add(PartitionTasks.Merge, Arg.All(group), spec));
        return [new TaskInput(build.Graph.Add(PartitionTasks.Finish, Arg.All(states), spec))];
    }
}

/// <summary>A frame in order: one partition, made of sorted partitions by a tree of merges.</summary>
internal sealed class SortedSource(DataFrame input, SortKey[] keys) : FrameSource
{
    internal override Schema? Schema => input.Schema;

    internal override async Task<IReadOnlyList<PartitionInput>> PlanAsync(
        FrameBuild build, IReadOnlySet<string>? needed, int limit)
    {
        var sort = new SortStep(keys);
        IReadOnlySet<string>? outputs =
            needed is null ? null : new HashSet<string>([.. needed, .. keys.Select(k => k.Column)]);
        IReadOnlyList<Arg<Table>> parts = await build.AddAsync(input, outputs, [sort]).ConfigureAwait(false);
        var program = new PartitionProgram([sort]);
        parts = build.Tree(parts, group => build.Graph.Add(PartitionTasks.Concat, Arg.All(group), program));
        return [new TaskInput(parts.Count == 1
            ? parts[0]
            : build.Graph.Add(PartitionTasks.Concat, Arg.All(parts), program))];
    }
}
