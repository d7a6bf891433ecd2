using System.Buffers;

namespace TaskGraph;

/// <summary>
/// Where a payload's body grows. Small bodies are written to a scratch array of the thread and copied out in their
/// exact size; large ones keep the array they grew into.
/// </summary>
internal sealed class PayloadBuffer : IBufferWriter<byte>
{
    private const int ScratchBytes = 16 * 1024;

    [ThreadStatic]
    private static PayloadBuffer? s_spare;

    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(ScratchBytes);
    private byte[] _array;
    private int _count;

    public PayloadBuffer()
    {
        _array = _scratch;
    }

    /// <summary>The thread's buffer, or a new one if a codec is encoding inside another.</summary>
    public static PayloadBuffer Rent()
    {
        var buffer = s_spare ?? new PayloadBuffer();
        s_spare = null;
        return buffer;
    }

    public static void Return(PayloadBuffer buffer)
    {
        buffer._array = buffer._scratch;
        buffer._count = 0;
        s_spare = buffer;
    }

    public ReadOnlyMemory<byte> ToMemory() => ReferenceEquals(_array, _scratch)
        ? _array.AsSpan(0, _count).ToArray()
        : _array.AsMemory(0, _count);

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _array.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _array.AsSpan(_count);
    }

    private void Grow(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_array.Length - _count >= needed)
            return;
        var doubled = Math.Min(2L * _array.Length, Array.MaxLength);
        var size = Math.Max(doubled, (long)_count + needed);
        if (size > Array.MaxLength)
            throw new InvalidOperationException("A payload's body may not exceed 2 GiB: send large data as arrays.");
        var larger = GC.AllocateUninitializedArray<byte>((int)size);
        _array.AsSpan(0, _count).CopyTo(larger);
        _array = larger;
    }
}
