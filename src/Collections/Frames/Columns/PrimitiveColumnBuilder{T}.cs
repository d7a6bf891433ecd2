using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>Grows a column of fixed-size values.</summary>
internal sealed class PrimitiveColumnBuilder<T>(int capacity) : ColumnBuilder, IAppender<T>
    where T : unmanaged
{
    private byte[] _values = new byte[Math.Max(16, capacity) * Size];

    private static unsafe int Size => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(T value)
    {
        Span<T> values = MemoryMarshal.Cast<byte, T>(_values.AsSpan());
        if (Count == values.Length)
            values = Grow();
        values[Count++] = value;
    }

    public override void AppendNull()
    {
        Append(default);
        MarkLastNull();
    }

    public override Column Build(string name) =>
        new PrimitiveColumn<T>(name, Trim(_values, Count * Size), FinishValidity());

    internal override void Reserve(int count)
    {
        if ((long)count * Size > _values.Length)
            Array.Resize(ref _values, (int)Math.Min(Array.MaxLength, (long)count * Size));
    }

    private Span<T> Grow()
    {
        Array.Resize(ref _values, checked(_values.Length * 2));
        return MemoryMarshal.Cast<byte, T>(_values.AsSpan());
    }
}
