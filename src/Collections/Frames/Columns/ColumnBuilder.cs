namespace TaskGraph.Collections;

/// <summary>Grows a column value by value.</summary>
internal abstract class ColumnBuilder
{
    private byte[]? _validity;

    /// <summary>Values appended so far.</summary>
    internal int Count { get; private protected set; }

    private protected ReadOnlyMemory<byte> Validity =>
        _validity is null ? default : _validity.AsMemory(0, Math.Min(_validity.Length, Bitmap.ByteLength(Count)));

    internal static ColumnBuilder For(DataType type, int capacity = 0) => type switch
    {
        DataType.Int64 => new PrimitiveColumnBuilder<long>(capacity),
        DataType.Float64 => new PrimitiveColumnBuilder<double>(capacity),
        DataType.Float32 => new PrimitiveColumnBuilder<float>(capacity),
        DataType.Boolean => new PrimitiveColumnBuilder<bool>(capacity),
        DataType.String => new StringColumnBuilder(capacity),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a data type."),
    };

    internal static IAppender<T> For<T>(int capacity = 0) => typeof(T) == typeof(int)
        ? (IAppender<T>)(object)new Int32Appender(capacity)
        : (IAppender<T>)For(DataTypes.Of<T>(), capacity);

    public abstract void AppendNull();

    public abstract Column Build(string name);

    /// <summary>Makes room for <paramref name="count"/> values in all, if they go on as they began.</summary>
    internal abstract void Reserve(int count);

    /// <summary>The used part of a buffer, as an array of its own where much would be wasted: a column lives long, and
    /// its memory is measured by what it uses.</summary>
    private protected static ReadOnlyMemory<byte> Trim(byte[] buffer, int used) =>
        buffer.Length - used > used / 8 ? buffer.AsSpan(0, used).ToArray() : buffer.AsMemory(0, used);

    /// <summary>Notes that the value appended last is null.</summary>
    private protected void MarkLastNull()
    {
        int index = Count - 1;
        int bytes = Bitmap.ByteLength(Count);
        if (_validity is null || bytes > _validity.Length)
        {
            int used = _validity?.Length ?? 0;
            Array.Resize(ref _validity, Math.Max(bytes, Math.Max(64, used * 2)));
            _validity.AsSpan(used).Fill(0xff);
        }
        Bitmap.Clear(_validity, index);
    }

    /// <summary>Makes the bitmap cover every value; the bits past the last null are ones.</summary>
    private protected ReadOnlyMemory<byte> FinishValidity()
    {
        int bytes = Bitmap.ByteLength(Count);
        if (_validity is { } bits && bits.Length < bytes)
        {
            int used = bits.Length;
            Array.Resize(ref _validity, bytes);
            _validity.AsSpan(used).Fill(0xff);
        }
        return Validity;
    }
}
