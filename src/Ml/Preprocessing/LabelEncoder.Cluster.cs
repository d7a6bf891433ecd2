using TaskGraph.Collections;

namespace TaskGraph.Ml;

// Fitted on a cluster.
public sealed partial class LabelEncoder
{
    /// <summary>
    /// Fits to a column of a frame: its distinct values are found on the workers. Nulls are left out.
    /// </summary>
    /// <exception cref="SchemaException">The column is missing, or neither text, integers nor bools.</exception>
    public async Task<LabelEncoder> FitAsync(
        DataFrame frame, string column, CancellationToken cancellationToken = default)
    {
        var counts = await frame.GroupBy(column).Agg(Expr.Count().As("rows of a class"))
            .ComputeAsync(cancellationToken).ConfigureAwait(false);
        return Fit(counts[column]);
    }
}
