using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TaskGraph;

/// <summary>
/// Writes MessagePack into a buffer writer, every value in its smallest form. It holds bytes back until
/// <see cref="Flush"/>: pass it by reference, and flush once at the end.
/// </summary>
public ref partial struct MessagePackWriter
{
    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _used;
    private long _flushed;

    /// <summary>A writer that appends to <paramref name="output"/>.</summary>
    public MessagePackWriter(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
    }

    /// <summary>How many bytes have been written so far, flushed or not.</summary>
    public readonly long BytesWritten => _flushed + _used;

    /// <summary>Hands all bytes written so far to the buffer writer.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            _output.Advance(_used);
            _flushed += _used;
            _used = 0;
        }

        _span = default;
    }

    /// <summary>Writes nil, the absent value.</summary>
    public void WriteNil() => WriteByte(MessagePackCode.Nil);

    /// <summary>Writes a boolean.</summary>
    public void Write(bool value) => WriteByte(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Writes the header of an array; its <paramref name="count"/> values must follow.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count < 16)
            WriteByte((byte)(MessagePackCode.FixArray | count));
        else
            WriteLength16Or32(MessagePackCode.Array16, MessagePackCode.Array32, count);
    }

    /// <summary>
    /// Writes the header of a map; <paramref name="count"/> keys, each followed by its value, must follow.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public void WriteMapHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count < 16)
            WriteByte((byte)(MessagePackCode.FixMap | count));
        else
            WriteLength16Or32(MessagePackCode.Map16, MessagePackCode.Map32, count);
    }

    /// <summary>Copies bytes that already are MessagePack.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> messagePack)
    {
        if (messagePack.TryCopyTo(_span[_used..]))
        {
            _used += messagePack.Length;
            return;
        }

        // The buffer writer may grow in its own steps: no single contiguous reservation for a large block.
        Flush();
        _output.Write(messagePack);
        _flushed += messagePack.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int size)
    {
        if (_span.Length - _used < size)
            Grow(size);
        return _span[_used..];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size)
    {
        Flush();
        _span = _output.GetSpan(size);
        if (_span.Length < size)
            throw new InvalidOperationException($"The buffer writer gave {_span.Length} bytes instead of {size}.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        _used++;
    }

    private void WriteCodeAndUInt16(byte code, ushort value)
    {
        var span = Reserve(3);
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], value);
        span[0] = code;
        _used += 3;
    }

    private void WriteCodeAndUInt32(byte code, uint value)
    {
        var span = Reserve(5);
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], value);
        span[0] = code;
        _used += 5;
    }

    private void WriteCodeAndUInt64(byte code, ulong value)
    {
        var span = Reserve(9);
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
        span[0] = code;
        _used += 9;
    }

    private void WriteLength16Or32(byte code16, byte code32, int length)
    {
        if (length <= ushort.MaxValue)
            WriteCodeAndUInt16(code16, (ushort)length);
        else
            WriteCodeAndUInt32(code32, (uint)length);
    }
}
