namespace TaskGraph.Collections;

/// <summary>
/// A column expression: a small typed tree that is written with ordinary operators, travels to workers as data and is
/// evaluated there over whole columns. Nulls follow SQL: arithmetic and comparisons with a null are null, <c>&amp;</c>
/// and
/// <c>|</c> are three-valued, and a filter keeps only rows where its condition is true.
/// </summary>
public abstract partial class Expr
{
    private protected Expr()
    {
    }

    /// <summary>The name of the result: an alias, else that of the leftmost column, else <c>literal</c>.</summary>
    internal abstract string OutputName { get; }

    /// <summary>The same values called <paramref name="name"/>.</summary>
    public Expr As(string name) => new AliasExpr(this, name);

    /// <summary>The values as another type.</summary>
    public Expr Cast(DataType type) => DataTypes.IsDefined(type)
        ? new CastExpr(this, type)
        : throw new ArgumentOutOfRangeException(nameof(type), type, "Not a data type.");

    /// <summary>True where this is null; never null itself.</summary>
    public Expr IsNull() => new UnaryExpr(UnaryOperator.IsNull, this);

    /// <summary>True where this is not null; never null itself.</summary>
    public Expr IsNotNull() => new UnaryExpr(UnaryOperator.IsNotNull, this);

    /// <summary>The absolute value.</summary>
    public Expr Abs() => new UnaryExpr(UnaryOperator.Abs, this);

    /// <summary><paramref name="other"/> where this is null.</summary>
    public Expr FillNull(Expr other) => new BinaryExpr(BinaryOperator.FillNull, this, other);

    /// <summary>True where the text contains <paramref name="text"/>, compared byte by byte.</summary>
    public Expr Contains(string text) => new BinaryExpr(BinaryOperator.Contains, this, Lit(text));

    /// <summary>True where the text starts with <paramref name="text"/>, compared byte by byte.</summary>
    public Expr StartsWith(string text) => new BinaryExpr(BinaryOperator.StartsWith, this, Lit(text));

    /// <summary>True where the text ends with <paramref name="text"/>, compared byte by byte.</summary>
    public Expr EndsWith(string text) => new BinaryExpr(BinaryOperator.EndsWith, this, Lit(text));

    /// <summary>Adds the names of the columns that this reads.</summary>
    internal abstract void CollectColumns(ISet<string> names);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
