using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>Offsets and bytes of a string column whose size is known before it is filled.</summary>
internal struct StringBuffers
{
    private readonly byte[] _offsets;
    private readonly byte[] _data;
    private int _count;
    private int _used;

    internal StringBuffers(string name, int length, long bytes)
    {
        if (bytes > Array.MaxLength)
            throw TooLarge(name, bytes);
        _offsets = new byte[checked((length + 1) * sizeof(int))];
        _data = GC.AllocateUninitializedArray<byte>((int)bytes);
    }

    internal static InvalidOperationException TooLarge(string name, long bytes) => new(
        $"Column '{name}' would hold {bytes:N0} bytes of text, more than one table can; use more, smaller partitions.");

    internal void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_data.AsSpan(_used));
        _used += text.Length;
        MemoryMarshal.Cast<byte, int>(_offsets.AsSpan())[++_count] = _used;
    }

    internal void AppendAll(StringColumn part)
    {
        part.Data.Span.CopyTo(_data.AsSpan(_used));
        Span<int> target = MemoryMarshal.Cast<byte, int>(_offsets.AsSpan());
        ReadOnlySpan<int> source = part.Offsets;
        int shift = _used - source[0];
        for (int i = 1; i < source.Length; i++)
            target[_count + i] = source[i] + shift;
        _count += part.Length;
        _used += part.Data.Length;
    }

    internal readonly StringColumn Build(string name, ReadOnlyMemory<byte> validity) =>
        new(name, _offsets, _data.AsMemory(0, _used), validity);
}
