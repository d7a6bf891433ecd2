namespace TaskGraph.Collections;

/// <summary>
/// A named, immutable run of values of one type, laid out as Arrow does: packed values (strings: 32-bit offsets
/// and UTF-8 bytes) and a validity bitmap, absent where nothing is null. Safe to share between threads.
/// </summary>
public abstract partial class Column
{
    private protected Column(string name, DataType dataType, int length, ReadOnlyMemory<byte> validity)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        DataType = dataType;
        Length = length;
        NullCount = validity.IsEmpty ? 0 : length - Bitmap.CountSet(validity.Span, length);
        Validity = NullCount == 0 ? default : validity[..Bitmap.ByteLength(length)];
    }

    /// <summary>The column's name in its table.</summary>
    public string Name { get; }

    /// <summary>What the column holds.</summary>
    public DataType DataType { get; }

    /// <summary>How many values it has, nulls included.</summary>
    public int Length { get; }

    /// <summary>How many values are null.</summary>
    public int NullCount { get; }

    /// <summary>Bytes of the values, offsets and validity that this column refers to.</summary>
    public abstract long ByteCount { get; }

    /// <summary>The validity bitmap; empty where nothing is null.</summary>
    internal ReadOnlyMemory<byte> Validity { get; }

    /// <summary>Whether value <paramref name="index"/> is null.</summary>
    public bool IsNull(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Length, nameof(index));
        return NullCount != 0 && !Bitmap.Get(Validity.Span, index);
    }

    /// <summary>Value <paramref name="index"/> as an object; null where it is null. For display and tests.</summary>
    public abstract object? GetValue(int index);

    /// <summary>The same values under another name; nothing is copied.</summary>
    public abstract Column Rename(string name);

    /// <summary><paramref name="length"/> values from <paramref name="start"/> on; values are shared, not
    /// copied.</summary>
    public abstract Column Slice(int start, int length);

    /// <summary>The values at <paramref name="indices"/>, in that order; a negative index gives a null.</summary>
    public abstract Column Take(ReadOnlySpan<int> indices);

    /// <summary>The values where <paramref name="mask"/> is true.</summary>
    public Column Filter(ReadOnlySpan<bool> mask)
    {
        if (mask.Length != Length)
        {
            throw new ArgumentException(
                $"The mask has {mask.Length} values and column '{Name}' has {Length}.", nameof(mask));
        }
        return Take(Selection.Indices(mask));
    }

    /// <summary>The parts one after the other, under the first one's name. All must have one type.</summary>
    public static Column Concat(IReadOnlyList<Column> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count, nameof(parts));
        Column first = parts[0];
        if (parts.Count == 1)
            return first;
        foreach (Column part in parts)
        {
            if (part.DataType != first.DataType)
            {
                throw new SchemaException($"Column '{first.Name}' is {DataTypes.Name(first.DataType)} in one part "
                    + $"and {DataTypes.Name(part.DataType)} in another; cast one of them.");
            }
        }
        return first.ConcatSame(parts);
    }

    private protected abstract Column ConcatSame(IReadOnlyList<Column> parts);

    /// <summary>Throws unless [start, start + length) lies inside the column.</summary>
    private protected void CheckRange(int start, int length)
    {
        if (start < 0 || length < 0 || (long)start + length > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(start),
                $"Rows [{start}, {(long)start + length}) are outside column '{Name}' of {Length} rows.");
        }
    }

    private protected static int TotalLength(IReadOnlyList<Column> parts)
    {
        long length = 0;
        foreach (Column part in parts)
            length += part.Length;
        return length <= Array.MaxLength
            ? (int)length
            : throw new InvalidOperationException($"Column '{parts[0].Name}' would have {length:N0} rows, more than "
                + "one table can hold; keep it in several partitions.");
    }

    private protected static ReadOnlyMemory<byte> ConcatValidity(IReadOnlyList<Column> parts, int length)
    {
        byte[]? bits = null;
        int start = 0;
        foreach (Column part in parts)
        {
            if (part.NullCount > 0)
            {
                bits ??= Bitmap.Ones(length);
                ReadOnlySpan<byte> source = part.Validity.Span;
                for (int i = 0; i < part.Length; i++)
                {
                    if (!Bitmap.Get(source, i))
                        Bitmap.Clear(bits, start + i);
                }
            }
            start += part.Length;
        }
        return bits;
    }
}
