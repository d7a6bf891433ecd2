namespace TaskGraph.Collections;

public sealed partial class Table
{
    /// <summary>The rows sorted by one column, stable; nulls come last, NaN before them.</summary>
    public Table SortBy(string column, bool descending = false) => SortBy(new SortKey(column, descending));

    /// <summary>The rows sorted by several columns, the first deciding first; stable, nulls last.</summary>
    public Table SortBy(params IReadOnlyList<SortKey> keys) => SortKernel.Sort(this, keys);

    /// <summary>The rows where <paramref name="condition"/> is true.</summary>
    public Table Where(Expr condition) => Filter(ExprEvaluator.Mask(condition, this));

    /// <summary>This table with a computed column, in place of the one of that name or added last.</summary>
    public Table WithColumn(string name, Expr value) => WithColumn(ExprEvaluator.Evaluate(value, this).Rename(name));

    /// <summary>One row per distinct key, ordered by key, with the aggregates; rows with a null key are left out.
    /// </summary>
    public Table GroupBy(IReadOnlyList<string> keys, params IReadOnlyList<Aggregate> aggregates) =>
        GroupByKernel.Finish(GroupByKernel.Partial(this, keys, aggregates), keys, aggregates);
}
