using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace TaskGraph;

public ref partial struct MessagePackReader
{
    // Strict: a replacement character in its place would be a silently changed value.
    private static readonly UTF8Encoding s_utf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a string, or null for nil.</summary>
    /// <exception cref="MessagePackException">The next value is another, or no valid UTF-8.</exception>
    public string? ReadString()
    {
        if (TryReadNil())
            return null;
        var start = _offset;
        var utf8 = ReadUtf8();
        try
        {
            return s_utf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            _offset = start;
            throw new MessagePackException("a string of valid UTF-8", "other bytes", start, e);
        }
    }

    /// <summary>Reads a string as its UTF-8 bytes, which are not checked. They are a view of the input.</summary>
    /// <exception cref="MessagePackException">The next value is another, or cut off.</exception>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        const string Expected = "a string";
        var code = PeekCode(Expected);
        switch (code)
        {
            case >= MessagePackCode.FixString and < MessagePackCode.Nil:
                return Take(1, code & 31, Expected);
            case >= MessagePackCode.String8 and <= MessagePackCode.String32:
                var width = 1 << (code - MessagePackCode.String8);
                return Take(1 + width, Length(width, Expected), Expected);
            default:
                throw Mismatch(Expected);
        }
    }

    /// <summary>Reads bytes. They are a view of the input.</summary>
    /// <exception cref="MessagePackException">The next value is another, or cut off.</exception>
    public ReadOnlySpan<byte> ReadBinary()
    {
        const string Expected = "a bin";
        var code = PeekCode(Expected);
        if (code is < MessagePackCode.Binary8 or > MessagePackCode.Binary32)
            throw Mismatch(Expected);
        var width = 1 << (code - MessagePackCode.Binary8);
        return Take(1 + width, Length(width, Expected), Expected);
    }

    /// <summary>Reads a column where it lies: nothing is copied.</summary>
    /// <exception cref="MessagePackException">The next value is no bin, or no whole number of values.</exception>
    public MessagePackColumn<T> ReadColumn<T>()
        where T : unmanaged
    {
        MessagePackColumn.AssertLittleEndian();
        var start = _offset;
        var bytes = ReadBinary();
        if (bytes.Length % Unsafe.SizeOf<T>() != 0)
        {
            _offset = start;
            throw new MessagePackException(
                $"a column of {Unsafe.SizeOf<T>()}-byte values", $"a bin of {bytes.Length} bytes", start);
        }

        return new MessagePackColumn<T>(bytes);
    }

    /// <summary>Reads a column of exactly <paramref name="count"/> values where it lies.</summary>
    /// <exception cref="MessagePackException">The next value is no bin, or has another count.</exception>
    public MessagePackColumn<T> ReadColumn<T>(int count)
        where T : unmanaged
    {
        var start = _offset;
        var column = ReadColumn<T>();
        if (column.Length == count)
            return column;
        _offset = start;
        throw new MessagePackException($"a column of {count} values", $"one of {column.Length}", start);
    }

    /// <summary>The big-endian length of 1, 2 or 4 bytes behind the code byte.</summary>
    private readonly long Length(int width, string expected)
    {
        var operand = Operand(width, expected);
        return width switch
        {
            1 => operand[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(operand),
            _ => BinaryPrimitives.ReadUInt32BigEndian(operand),
        };
    }

    private ReadOnlySpan<byte> Take(int header, long length, string expected)
    {
        var there = _buffer.Length - _offset - header;
        if (length > there)
            ThrowTruncated(expected, length, there, _offset);
        var content = _buffer.Slice(_offset + header, (int)length);
        _offset += header + (int)length;
        return content;
    }
}
