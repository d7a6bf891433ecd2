namespace TaskGraph.Collections;

/// <summary>A column whose values are <typeparamref name="T"/>: long, double, float, bool or string.</summary>
public abstract class Column<T> : Column
{
    private protected Column(string name, int length, ReadOnlyMemory<byte> validity)
        : this(name, DataTypes.Of<T>(), length, validity)
    {
    }

    private protected Column(string name, DataType type, int length, ReadOnlyMemory<byte> validity)
        : base(name, type, length, validity)
    {
    }

    /// <summary>Value <paramref name="index"/>; where it is null, the type's default.</summary>
    public abstract T this[int index] { get; }

    /// <summary>All values; where one is null, the type's default or anything that was there. Strings are
    /// decoded on the first call and kept.</summary>
    public abstract ReadOnlySpan<T> Values { get; }

    /// <inheritdoc/>
    public override object? GetValue(int index) => IsNull(index) ? null : this[index];
}
