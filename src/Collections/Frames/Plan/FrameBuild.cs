namespace TaskGraph.Collections;

/// <summary>A frame's plan on its way to becoming a graph.</summary>
internal sealed class FrameBuild(Client client, CancellationToken cancellation)
{
    /// <summary>How many results one task of a tree joins.</summary>
    private const int SplitEvery = 8;

    internal Client Client { get; } = client;

    /// <summary>Gives the planning up.</summary>
    internal CancellationToken Cancellation { get; } = cancellation;

    internal GraphBuilder Graph { get; private set; } = new(client);

    /// <summary>Adds the tasks of a frame to the graph and returns those that make its partitions.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="outputs">The columns that are wanted; null for all.</param>
    /// <param name="last">Steps after the frame's own, for the last task of each partition.</param>
    /// <param name="limit">How many partitions are wanted at most.</param>
    internal async Task<Arg<Table>[]> AddAsync(
        DataFrame frame, IReadOnlySet<string>? outputs, IReadOnlyList<Step> last, int limit = int.MaxValue)
    {
        Step[] steps = [.. frame.Steps, .. last];
        IReadOnlySet<string>? needed = NeededColumns.Of(frame.Source.Schema, steps, outputs);
        IReadOnlyList<PartitionInput> inputs =
            await frame.Source.PlanAsync(this, needed, limit).ConfigureAwait(false);
        var fused = new List<Step>();
        foreach (Step step in steps)
        {
            if (step is MapStep map)
            {
                inputs = Map(inputs, new PartitionProgram([.. fused]), map);
                fused.Clear();
            }
            else if (step is RowIndexStep index)
            {
                (inputs, RowIndexStep[] numbered) = await NumberAsync(inputs, fused, index).ConfigureAwait(false);
                inputs = [.. inputs.Select((input, i) => new NumberedInput(input, numbered[i]))];
                fused.Clear();
            }
            else
            {
                fused.Add(step);
            }
        }
        var program = new PartitionProgram([.. fused]);
        return [.. inputs.Select(input => input.Add(Graph, program))];
    }

    /// <summary>Joins tasks eight at a time until eight or fewer are left.</summary>
    internal IReadOnlyList<Arg<Table>> Tree(
        IReadOnlyList<Arg<Table>> tasks, Func<IReadOnlyList<Arg<Table>>, Arg<Table>> join)
    {
        while (tasks.Count > SplitEvery)
            tasks = [.. tasks.Chunk(SplitEvery).Select(group => group.Length == 1 ? group[0] : join(group))];
        return tasks;
    }

    /// <summary>Submits the graph and begins a new one; partitions that exist already stay what they are.</summary>
    internal Future<Table>[] Submit(IReadOnlyList<Arg<Table>> partitions)
    {
        GraphTask<Table>[] tasks = [.. partitions.OfType<GraphTask<Table>>()];
        Future<Table>[] submitted = tasks.Length > 0 ? Graph.Submit(tasks) : [];
        Graph = new GraphBuilder(Client);
        int next = 0;
        return [.. partitions.Select(partition => partition as Future<Table> ?? submitted[next++])];
    }

    private List<PartitionInput> Map(IReadOnlyList<PartitionInput> inputs, PartitionProgram before, MapStep map)
    {
        var outputs = new List<PartitionInput>();
        foreach (PartitionInput input in inputs)
            outputs.Add(new TaskInput(Graph.Add(map.Function, input.Add(Graph, before))));
        return outputs;
    }

    /// <summary>Computes the partitions up to here, counts their rows, and tells each where its numbers
    /// begin.</summary>
    private async Task<(IReadOnlyList<PartitionInput> Inputs, RowIndexStep[] Steps)> NumberAsync(
        IReadOnlyList<PartitionInput> inputs, List<Step> before, RowIndexStep index)
    {
        var program = new PartitionProgram([.. before]);
        Future<Table>[] partitions = Submit([.. inputs.Select(input => input.Add(Graph, program))]);
        var counting = new GraphBuilder(Client);
        Future<long>[] counts = counting.Submit(
            partitions.Select(partition => counting.Add(PartitionTasks.CountRows, partition)).ToArray());
        long first = index.First;
        var numbered = new List<RowIndexStep>();
        foreach (long count in await Client.GatherAsync(counts, Cancellation).ConfigureAwait(false))
        {
            numbered.Add(new RowIndexStep(index.Name, first));
            first += count;
        }
        return ([.. partitions.Select(partition => new FutureInput(partition))], [.. numbered]);
    }

    /// <summary>A partition whose rows are numbered before anything else runs on it.</summary>
    private sealed class NumberedInput(PartitionInput input, RowIndexStep index) : PartitionInput
    {
        internal override Arg<Table> Add(GraphBuilder graph, PartitionProgram program) =>
            input.Add(graph, new PartitionProgram([index, .. program.Steps]));
    }
}
