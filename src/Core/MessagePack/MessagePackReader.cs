using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TaskGraph;

/// <summary>
/// Reads MessagePack from untrusted bytes without allocating: every declared length is checked against the bytes
/// that are there before anything is made of it, and nesting is bounded by <see cref="MaxDepth"/>. A failed read
/// throws <see cref="MessagePackException"/> and leaves the reader before the offending value.
/// </summary>
public ref partial struct MessagePackReader
{
    /// <summary>How deeply arrays and maps may nest.</summary>
    public const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _buffer;
    private int _offset;
    private int _depth;

    /// <summary>A reader at the start of <paramref name="buffer"/>.</summary>
    public MessagePackReader(ReadOnlySpan<byte> buffer)
    {
        _buffer = buffer;
    }

    /// <summary>A reader over a sequence, which is copied only if it lies in several segments.</summary>
    public MessagePackReader(in ReadOnlySequence<byte> sequence)
    {
        _buffer = sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();
    }

    /// <summary>How many bytes have been read: the offset of the next value.</summary>
    public readonly int Consumed => _offset;

    /// <summary>How many bytes have not been read.</summary>
    public readonly int Remaining => _buffer.Length - _offset;

    /// <summary>Whether all bytes have been read.</summary>
    public readonly bool End => _offset >= _buffer.Length;

    /// <summary>How many containers have been entered and not left.</summary>
    public readonly int Depth => _depth;

    /// <summary>The family of the next value.</summary>
    /// <exception cref="MessagePackException">There is no next value.</exception>
    public readonly MessagePackType NextType => MessagePackCode.TypeOf(PeekCode("a value"));

    /// <summary>Whether there is a next value and it is nil; it is not consumed.</summary>
    public readonly bool NextIsNil => _offset < _buffer.Length && _buffer[_offset] == MessagePackCode.Nil;

    /// <summary>
    /// Counts one level of nesting. A reader of recursive values calls it before the elements of a container and
    /// <see cref="Leave"/> after them.
    /// </summary>
    /// <exception cref="MessagePackException">The containers nest more than <see cref="MaxDepth"/> deep.</exception>
    public void Enter()
    {
        if (_depth >= MaxDepth)
            throw TooDeep(_offset);
        _depth++;
    }

    /// <summary>Ends a level of nesting begun by <see cref="Enter"/>.</summary>
    public void Leave() => _depth--;

    /// <summary>Consumes the next value if it is nil.</summary>
    public bool TryReadNil()
    {
        if (!NextIsNil)
            return false;
        _offset++;
        return true;
    }

    /// <summary>Reads nil.</summary>
    /// <exception cref="MessagePackException">The next value is another.</exception>
    public void ReadNil()
    {
        if (!TryReadNil())
            throw Mismatch("nil");
    }

    /// <summary>Reads a boolean.</summary>
    /// <exception cref="MessagePackException">The next value is another.</exception>
    public bool ReadBoolean()
    {
        var code = PeekCode("a boolean");
        if (code is not (MessagePackCode.False or MessagePackCode.True))
            throw Mismatch("a boolean");
        _offset++;
        return code == MessagePackCode.True;
    }

    /// <summary>Throws unless all bytes have been read.</summary>
    /// <exception cref="MessagePackException">Bytes follow the last value.</exception>
    public readonly void ReadEnd()
    {
        if (!End)
            throw new MessagePackException("the end", $"{Remaining} more bytes", _offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly byte PeekCode(string expected)
    {
        if ((uint)_offset >= (uint)_buffer.Length)
            ThrowEnd(expected, _offset);
        return _buffer[_offset];
    }

    /// <summary>The <paramref name="size"/> bytes behind the code byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ReadOnlySpan<byte> Operand(int size, string expected)
    {
        if (_buffer.Length - _offset - 1 < size)
            ThrowTruncated(expected, size, _buffer.Length - _offset - 1, _offset);
        return _buffer.Slice(_offset + 1, size);
    }

    private readonly MessagePackException Mismatch(string expected) =>
        End ? EndOfInput(expected, _offset)
            : new MessagePackException(expected, MessagePackCode.Describe(_buffer[_offset]), _offset);

    private static MessagePackException EndOfInput(string expected, int offset) =>
        new(expected, "the end of the input", offset);

    private static MessagePackException TooDeep(int offset) =>
        new($"nesting of at most {MaxDepth}", "a deeper container", offset);

    [DoesNotReturn]
    private static void ThrowEnd(string expected, int offset) => throw EndOfInput(expected, offset);

    [DoesNotReturn]
    private static void ThrowTruncated(string expected, long needed, long there, int offset) =>
        throw new MessagePackException(expected, $"only {there} of its {needed} bytes", offset);
}
