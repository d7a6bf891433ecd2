using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>A column of fixed-size values over bytes that may come straight from the wire.</summary>
internal sealed class PrimitiveColumn<T> : Column<T>
    where T : unmanaged
{
    private readonly ReadOnlyMemory<byte> _values;

    internal PrimitiveColumn(string name, ReadOnlyMemory<byte> values, ReadOnlyMemory<byte> validity)
        : base(name, values.Length / Size, validity) => _values = values;

    /// <summary>A view of values under another C# type of the same size (bools as bytes).</summary>
    internal PrimitiveColumn(string name, ReadOnlyMemory<byte> values, ReadOnlyMemory<byte> validity, DataType type)
        : base(name, type, values.Length / Size, validity) => _values = values;

    private static unsafe int Size => sizeof(T);

    internal ReadOnlyMemory<byte> Buffer => _values;

    public override ReadOnlySpan<T> Values => MemoryMarshal.Cast<byte, T>(_values.Span);

    public override long ByteCount => _values.Length + Validity.Length;

    public override T this[int index] => IsNull(index) ? default : Values[index];

    public override Column Rename(string name) => new PrimitiveColumn<T>(name, _values, Validity);

    public override Column Slice(int start, int length)
    {
        CheckRange(start, length);
        return new PrimitiveColumn<T>(
            Name, _values.Slice(start * Size, length * Size), Bitmap.Slice(Validity, start, length));
    }

    public override Column Take(ReadOnlySpan<int> indices)
    {
        byte[] taken = GC.AllocateUninitializedArray<byte>(checked(indices.Length * Size));
        Span<T> target = MemoryMarshal.Cast<byte, T>(taken.AsSpan());
        ReadOnlySpan<T> source = Values;
        for (int i = 0; i < indices.Length; i++)
        {
            int index = indices[i];
            target[i] = index >= 0 ? source[index] : default;
        }
        return new PrimitiveColumn<T>(Name, taken, Bitmap.Take(Validity.Span, indices));
    }

    private protected override Column ConcatSame(IReadOnlyList<Column> parts)
    {
        int length = TotalLength(parts);
        byte[] values = GC.AllocateUninitializedArray<byte>(checked(length * Size));
        int start = 0;
        foreach (Column part in parts)
        {
            ReadOnlySpan<byte> source = ((PrimitiveColumn<T>)part)._values.Span;
            source.CopyTo(values.AsSpan(start));
            start += source.Length;
        }
        return new PrimitiveColumn<T>(Name, values, ConcatValidity(parts, length));
    }
}
