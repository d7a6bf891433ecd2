namespace TaskGraph.Collections;

/// <summary>A frame whose rows are grouped by key columns.</summary>
public sealed class GroupedFrame
{
    private readonly DataFrame _frame;
    private readonly string[] _keys;

    internal GroupedFrame(DataFrame frame, string[] keys)
    {
        _frame = frame;
        _keys = keys;
    }

    /// <summary>One row per distinct key, ordered by key, with the aggregates. Rows with a null key are left out.
    /// </summary>
    /// <exception cref="SchemaException">A column is missing or of the wrong type, or two results share a
    /// name.</exception>
    public DataFrame Agg(params IReadOnlyList<Aggregate> aggregates)
    {
        if (aggregates.Count == 0)
            throw new ArgumentException("Name at least one aggregate, such as Count().", nameof(aggregates));
        var source = new AggregateSource(_frame, new AggregateSpec(_keys, [.. aggregates]));
        _ = source.Schema;
        return _frame.OnSource(source);
    }
}
