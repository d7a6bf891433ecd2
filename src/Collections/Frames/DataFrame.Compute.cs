namespace TaskGraph.Collections;

public sealed partial class DataFrame
{
    private static int s_computations;

    /// <summary>Computes the frame and returns it as one table. Its tasks have a span of their own, as DataFrame.Compute-3
    /// (<see cref="Client.TaskGroupsAsync"/>).</summary>
    public async Task<Table> ComputeAsync(CancellationToken cancellationToken = default)
    {
        using IDisposable span = Span("Compute");
        Future<Table>[] partitions = await SubmitAsync([], int.MaxValue, cancellationToken).ConfigureAwait(false);
        return await CollectAsync(partitions, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts to compute the frame and keeps its partitions in the workers' memory, as long as the frame that
    /// this returns (or one made from it) is in use.</summary>
    public async Task<DataFrame> PersistAsync(CancellationToken cancellationToken = default)
    {
        using IDisposable span = Span("Persist");
        Future<Table>[] partitions = await SubmitAsync([], int.MaxValue, cancellationToken).ConfigureAwait(false);
        return OnSource(new PersistedSource(partitions, Schema));
    }

    /// <summary>The number of rows.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken = default)
    {
        using IDisposable span = Span("Count");
        var build = new FrameBuild(Client, cancellationToken);
        IReadOnlySet<string>? nothing = Schema is null ? null : new HashSet<string>();
        Arg<Table>[] partitions = await build.AddAsync(this, nothing, []).ConfigureAwait(false);
        GraphTask<long>[] counts =
            [.. partitions.Select(partition => build.Graph.Add(PartitionTasks.CountRows, partition))];
        Future<long>[] futures = build.Graph.Submit(counts);
        return (await Client.GatherAsync(futures, cancellationToken).ConfigureAwait(false)).Sum();
    }

    /// <summary>The first rows. Only the first partition is computed, unless it has too few.</summary>
    public async Task<Table> HeadAsync(int count = 5, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        using IDisposable span = Span("Head");
        Step[] head = [new HeadStep(count)];
        Future<Table>[] first = await SubmitAsync(head, 1, cancellationToken).ConfigureAwait(false);
        Table rows = await CollectAsync(first, cancellationToken).ConfigureAwait(false);
        if (rows.RowCount >= count)
            return rows;
        Future<Table>[] all = await SubmitAsync(head, int.MaxValue, cancellationToken).ConfigureAwait(false);
        return (await CollectAsync(all, cancellationToken).ConfigureAwait(false)).Head(count);
    }

    private IDisposable Span(string what) =>
        Client.Annotate(span: $"DataFrame.{what}-{Interlocked.Increment(ref s_computations)}");

    private async Task<Future<Table>[]> SubmitAsync(
        IReadOnlyList<Step> last, int limit, CancellationToken cancellationToken)
    {
        var build = new FrameBuild(Client, cancellationToken);
        return build.Submit(await build.AddAsync(this, null, last, limit).ConfigureAwait(false));
    }

    private async Task<Table> CollectAsync(Future<Table>[] partitions, CancellationToken cancellationToken) =>
        Table.Concat(await Client.GatherAsync(partitions, cancellationToken).ConfigureAwait(false));
}
