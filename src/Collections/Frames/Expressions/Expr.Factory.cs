namespace TaskGraph.Collections;

/// <content>What <c>using static TaskGraph.Collections.Expr</c> brings in.</content>
public abstract partial class Expr
{
    /// <summary>The column called <paramref name="name"/>.</summary>
    public static Expr Col(string name) => new ColumnExpr(name);

    /// <summary>A constant: long, double, float, bool or string.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null: ask with <see cref="IsNull"/>.
    /// </exception>
    public static Expr Lit<T>(T value) => value is null
        ? throw new ArgumentNullException(nameof(value), "An expression has no null literal; ask with IsNull().")
        : new LiteralExpr(Column.Of("literal", value));

    /// <summary>The number of rows, called <c>count</c>.</summary>
    public static Aggregate Count() => new(AggregateFunction.Count, null, "count");

    /// <summary>The number of values that are not null, called <c>column_count</c>.</summary>
    public static Aggregate Count(string column) => Over(AggregateFunction.Count, Col(column));

    /// <summary>The number of values that are not null.</summary>
    public static Aggregate Count(Expr value) => Over(AggregateFunction.Count, value);

    /// <summary>The sum of the values, 0 of none, called <c>column_sum</c>: int64 of integers and bools, else
    /// double, compensated.</summary>
    public static Aggregate Sum(string column) => Over(AggregateFunction.Sum, Col(column));

    /// <summary>The sum of the values, 0 of none: int64 of integers and bools, else double, compensated.</summary>
    public static Aggregate Sum(Expr value) => Over(AggregateFunction.Sum, value);

    /// <summary>The mean of the values that are not null, null of none, called <c>column_mean</c>.</summary>
    public static Aggregate Mean(string column) => Over(AggregateFunction.Mean, Col(column));

    /// <summary>The mean of the values that are not null, null of none.</summary>
    public static Aggregate Mean(Expr value) => Over(AggregateFunction.Mean, value);

    /// <summary>The least value that is neither null nor NaN, null of none, called <c>column_min</c>.</summary>
    public static Aggregate Min(string column) => Over(AggregateFunction.Min, Col(column));

    /// <summary>The least value that is neither null nor NaN, null of none.</summary>
    public static Aggregate Min(Expr value) => Over(AggregateFunction.Min, value);

    /// <summary>The greatest value that is neither null nor NaN, null of none, called <c>column_max</c>.</summary>
    public static Aggregate Max(string column) => Over(AggregateFunction.Max, Col(column));

    /// <summary>The greatest value that is neither null nor NaN, null of none.</summary>
    public static Aggregate Max(Expr value) => Over(AggregateFunction.Max, value);

    private static Aggregate Over(AggregateFunction function, Expr value)
    {
        string suffix = function switch
        {
            AggregateFunction.Count => "count",
            AggregateFunction.Sum => "sum",
            AggregateFunction.Mean => "mean",
            AggregateFunction.Min => "min",
            AggregateFunction.Max => "max",
        };
        return new Aggregate(function, value, $"{value.OutputName}_{suffix}");
    }
}
