using System.Buffers;

namespace TaskGraph;

/// <summary>
/// A growable byte array that can also be cut back: a large argument is taken out again after it was written.
/// </summary>
internal sealed class ByteBuffer : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[256];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    public void CutTo(int count) => Count = count;

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Count);
    }

    private void Grow(int sizeHint)
    {
        var least = Count + Math.Max(sizeHint, 1);
        if (least > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Max(least, Math.Min(2L * _bytes.Length, Array.MaxLength)));
    }
}
