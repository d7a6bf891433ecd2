using System.Runtime.InteropServices;
using System.Text;

namespace TaskGraph.Collections;

/// <summary>A column of UTF-8 text: Length + 1 offsets, and the bytes between the first and the last of them.</summary>
internal sealed class StringColumn : Column<string?>
{
    private readonly ReadOnlyMemory<byte> _offsets;
    private readonly ReadOnlyMemory<byte> _data;
    private string?[]? _strings;

    /// <param name="name">The column's name.</param>
    /// <param name="offsets">32-bit offsets; the first may be above 0 (a slice), and is the place of data[0].</param>
    /// <param name="data">The bytes from the first offset to the last.</param>
    /// <param name="validity">The validity bitmap, or nothing.</param>
    internal StringColumn(
        string name, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> validity)
        : base(name, (offsets.Length / sizeof(int)) - 1, validity)
    {
        _offsets = offsets;
        _data = data;
    }

    internal ReadOnlyMemory<byte> OffsetBuffer => _offsets;

    internal ReadOnlyMemory<byte> Data => _data;

    internal ReadOnlySpan<int> Offsets => MemoryMarshal.Cast<byte, int>(_offsets.Span);

    public override long ByteCount => _offsets.Length + _data.Length + Validity.Length;

    public override ReadOnlySpan<string?> Values => _strings ??= Decode();

    public override string? this[int index] =>
        IsNull(index) ? null : _strings is { } strings ? strings[index] : Encoding.UTF8.GetString(Bytes(index));

    /// <summary>The UTF-8 bytes of value <paramref name="index"/>.</summary>
    internal ReadOnlySpan<byte> Bytes(int index)
    {
        ReadOnlySpan<int> offsets = Offsets;
        return _data.Span[(offsets[index] - offsets[0])..(offsets[index + 1] - offsets[0])];
    }

    public override Column Rename(string name) => new StringColumn(name, _offsets, _data, Validity);

    public override Column Slice(int start, int length)
    {
        CheckRange(start, length);
        ReadOnlySpan<int> offsets = Offsets;
        int from = offsets[start] - offsets[0], to = offsets[start + length] - offsets[0];
        return new StringColumn(
            Name,
            _offsets.Slice(start * sizeof(int), (length + 1) * sizeof(int)),
            _data[from..to],
            Bitmap.Slice(Validity, start, length));
    }

    public override Column Take(ReadOnlySpan<int> indices)
    {
        ReadOnlySpan<int> offsets = Offsets;
        long bytes = 0;
        foreach (int index in indices)
            bytes += index >= 0 ? offsets[index + 1] - offsets[index] : 0;
        var target = new StringBuffers(Name, indices.Length, bytes);
        ReadOnlySpan<byte> data = _data.Span;
        int first = offsets[0];
        for (int i = 0; i < indices.Length; i++)
        {
            int index = indices[i];
            target.Append(index >= 0 ? data[(offsets[index] - first)..(offsets[index + 1] - first)] : default);
        }
        return target.Build(Name, Bitmap.Take(Validity.Span, indices));
    }

    private protected override Column ConcatSame(IReadOnlyList<Column> parts)
    {
        int length = TotalLength(parts);
        long bytes = 0;
        foreach (Column part in parts)
            bytes += ((StringColumn)part)._data.Length;
        var target = new StringBuffers(Name, length, bytes);
        foreach (Column part in parts)
            target.AppendAll((StringColumn)part);
        return target.Build(Name, ConcatValidity(parts, length));
    }

    private string?[] Decode()
    {
        var strings = new string?[Length];
        ReadOnlySpan<int> offsets = Offsets;
        ReadOnlySpan<byte> data = _data.Span;
        for (int i = 0; i < strings.Length; i++)
        {
            if (!IsNull(i))
                strings[i] = Encoding.UTF8.GetString(data[(offsets[i] - offsets[0])..(offsets[i + 1] - offsets[0])]);
        }
        return strings;
    }
}
