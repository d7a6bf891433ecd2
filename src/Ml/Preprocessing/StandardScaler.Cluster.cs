using TaskGraph.Collections;

namespace TaskGraph.Ml;

// Fitted and applied on a cluster.
public sealed partial class StandardScaler
{
    /// <summary>
    /// Fits to columns of a frame: workers reduce their partitions to moments, which are merged here in order.
    /// </summary>
    /// <exception cref="SchemaException">A column is missing, not numeric, or has no values.</exception>
    public async Task<StandardScaler> FitAsync(
        DataFrame frame, IReadOnlyList<string> columns, CancellationToken cancellationToken = default)
    {
        string[] names = [.. columns];
        var parts = await frame.Select(names).MapPartitions(PartitionMoments.Of).ComputeAsync(cancellationToken)
            .ConfigureAwait(false);
        Accept(names, PartitionMoments.Merge(parts, names.Length));
        return this;
    }

    /// <summary>The frame with the fitted columns standardised, as doubles; lazy.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public DataFrame Transform(DataFrame frame)
    {
        RequireFitted();
        for (int i = 0; i < _columns.Length; i++)
            frame = frame.WithColumn(_columns[i], (Expr.Col(_columns[i]) - _means[i]) / _scales[i]);
        return frame;
    }
}
