namespace TaskGraph.Collections;

/// <summary>What an aggregation computes. The numbers are part of the wire format.</summary>
internal enum AggregateFunction : byte
{
    Count = 1,
    Sum = 2,
    Mean = 3,
    Min = 4,
    Max = 5,
}

/// <summary>One value per group: made by <c>Count()</c>, <c>Sum</c>, <c>Mean</c>, <c>Min</c> and <c>Max</c> of
/// <see cref="Expr"/>.</summary>
public sealed class Aggregate
{
    internal Aggregate(AggregateFunction function, Expr? input, string name)
    {
        Function = function;
        Input = input;
        Name = name;
    }

    /// <summary>The name of the result's column.</summary>
    public string Name { get; }

    internal AggregateFunction Function { get; }

    /// <summary>What is aggregated; null for the number of rows.</summary>
    internal Expr? Input { get; }

    /// <summary>The same under another name.</summary>
    public Aggregate As(string name) => new(Function, Input, name);

    /// <inheritdoc/>
    public override string ToString() => $"{Function}({Input}).As({Name})";
}
