using System.Runtime.InteropServices;
using System.Text;

namespace TaskGraph.Collections;

/// <summary>Grows a column of text.</summary>
internal sealed class StringColumnBuilder(int capacity) : ColumnBuilder, IAppender<string?>
{
    private byte[] _offsets = new byte[(Math.Max(16, capacity) + 1) * sizeof(int)];
    private byte[] _data = new byte[Math.Max(16, capacity) * 8];
    private int _used;

    public void Append(string? value)
    {
        if (value is null)
        {
            AppendNull();
            return;
        }
        MakeRoom(Encoding.UTF8.GetMaxByteCount(value.Length));
        _used += Encoding.UTF8.GetBytes(value, _data.AsSpan(_used));
        EndValue();
    }

    internal void Append(ReadOnlySpan<byte> text)
    {
        MakeRoom(text.Length);
        text.CopyTo(_data.AsSpan(_used));
        _used += text.Length;
        EndValue();
    }

    /// <summary>Room for one value of at most <paramref name="size"/> bytes; <see cref="Commit"/> ends it.</summary>
    internal Span<byte> Open(int size)
    {
        MakeRoom(size);
        return _data.AsSpan(_used, size);
    }

    /// <summary>Ends the value opened before, <paramref name="length"/> bytes long.</summary>
    internal void Commit(int length)
    {
        _used += length;
        EndValue();
    }

    public override void AppendNull()
    {
        EndValue();
        MarkLastNull();
    }

    public override Column Build(string name) => new StringColumn(
        name, Trim(_offsets, (Count + 1) * sizeof(int)), Trim(_data, _used), FinishValidity());

    internal override void Reserve(int count)
    {
        long offsets = (count + 1L) * sizeof(int), data = (long)((double)_used / Math.Max(1, Count) * count);
        if (offsets > _offsets.Length)
            Array.Resize(ref _offsets, (int)Math.Min(Array.MaxLength, offsets));
        if (data > _data.Length)
            Array.Resize(ref _data, (int)Math.Min(Array.MaxLength, data));
    }

    private void MakeRoom(int size)
    {
        long needed = (long)_used + size;
        if (needed <= _data.Length)
            return;
        if (needed > Array.MaxLength)
            throw StringBuffers.TooLarge("being read", needed);
        Array.Resize(ref _data, (int)Math.Min(Array.MaxLength, Math.Max(needed, _data.Length * 2L)));
    }

    private void EndValue()
    {
        Count++;
        if ((Count + 1) * sizeof(int) > _offsets.Length)
            Array.Resize(ref _offsets, checked(_offsets.Length * 2));
        MemoryMarshal.Cast<byte, int>(_offsets.AsSpan())[Count] = _used;
    }
}
