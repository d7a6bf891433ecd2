using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TaskGraph;

public ref partial struct MessagePackReader
{
    /// <summary>Reads an integer that fits a byte.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    public byte ReadByte() => (byte)ReadInRange(byte.MinValue, byte.MaxValue, "a uint8");

    /// <summary>Reads an integer that fits a signed byte.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    public sbyte ReadSByte() => (sbyte)ReadInRange(sbyte.MinValue, sbyte.MaxValue, "an int8");

    /// <summary>Reads an integer that fits 16 bits, signed.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    public short ReadInt16() => (short)ReadInRange(short.MinValue, short.MaxValue, "an int16");

    /// <summary>Reads an integer that fits 16 bits, unsigned.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    public ushort ReadUInt16() => (ushort)ReadInRange(ushort.MinValue, ushort.MaxValue, "a uint16");

    /// <summary>Reads an integer that fits 32 bits, signed.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32()
    {
        if ((uint)_offset < (uint)_buffer.Length && _buffer[_offset] <= MessagePackCode.MaxPositiveFixInt)
            return _buffer[_offset++];
        return (int)ReadInRange(int.MinValue, int.MaxValue, "an int32");
    }

    /// <summary>Reads an integer that fits 32 bits, unsigned.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    public uint ReadUInt32() => (uint)ReadInRange(uint.MinValue, uint.MaxValue, "a uint32");

    /// <summary>Reads an integer that fits 64 bits, signed.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    public long ReadInt64()
    {
        var value = DecodeInteger("an int64", out var size, out var aboveInt64);
        if (aboveInt64)
            throw OutOfRange("an int64", (ulong)value);
        _offset += size;
        return value;
    }

    /// <summary>Reads an integer that fits 64 bits, unsigned.</summary>
    /// <exception cref="MessagePackException">The next value is another, or out of range.</exception>
    public ulong ReadUInt64()
    {
        var value = DecodeInteger("a uint64", out var size, out var aboveInt64);
        if (value < 0 && !aboveInt64)
            throw OutOfRange("a uint64", value);
        _offset += size;
        return (ulong)value;
    }

    /// <summary>Reads a number as 32-bit floating point; a 64-bit one is rounded.</summary>
    /// <exception cref="MessagePackException">The next value is no number.</exception>
    public float ReadSingle()
    {
        if (PeekCode("a float32") != MessagePackCode.Float32)
            return (float)ReadDouble();
        var bits = BinaryPrimitives.ReadUInt32BigEndian(Operand(4, "a float32"));
        _offset += 5;
        return BitConverter.UInt32BitsToSingle(bits);
    }

    /// <summary>Reads a number as 64-bit floating point; an integer is converted.</summary>
    /// <exception cref="MessagePackException">The next value is no number.</exception>
    public double ReadDouble()
    {
        switch (PeekCode("a float64"))
        {
            case MessagePackCode.Float64:
                var bits = BinaryPrimitives.ReadUInt64BigEndian(Operand(8, "a float64"));
                _offset += 9;
                return BitConverter.UInt64BitsToDouble(bits);
            case MessagePackCode.Float32:
                return ReadSingle();
            default:
                var value = DecodeInteger("a float64", out var size, out var aboveInt64);
                _offset += size;
                return aboveInt64 ? (ulong)value : value;
        }
    }

    private long ReadInRange(long min, long max, string expected)
    {
        var value = DecodeInteger(expected, out var size, out var aboveInt64);
        if (aboveInt64)
            throw OutOfRange(expected, (ulong)value);
        if (value < min || value > max)
            throw OutOfRange(expected, value);
        _offset += size;
        return value;
    }

    /// <summary>The integer at the offset; above int64's range its bits are those of a uint64.</summary>
    private readonly long DecodeInteger(string expected, out int size, out bool aboveInt64)
    {
        var code = PeekCode(expected);
        aboveInt64 = false;
        if (code is <= MessagePackCode.MaxPositiveFixInt or >= MessagePackCode.MinNegativeFixInt)
        {
            size = 1;
            return (sbyte)code;
        }

        if (code is < MessagePackCode.UInt8 or > MessagePackCode.Int64)
            throw Mismatch(expected);

        // 0xcc to 0xcf and 0xd0 to 0xd3: 1, 2, 4 and 8 bytes, unsigned and signed.
        var width = 1 << (code & 3);
        var operand = Operand(width, expected);
        size = 1 + width;
        switch (code)
        {
            case MessagePackCode.UInt8: return operand[0];
            case MessagePackCode.UInt16: return BinaryPrimitives.ReadUInt16BigEndian(operand);
            case MessagePackCode.UInt32: return BinaryPrimitives.ReadUInt32BigEndian(operand);
            case MessagePackCode.Int8: return (sbyte)operand[0];
            case MessagePackCode.Int16: return BinaryPrimitives.ReadInt16BigEndian(operand);
            case MessagePackCode.Int32: return BinaryPrimitives.ReadInt32BigEndian(operand);
            case MessagePackCode.Int64: return BinaryPrimitives.ReadInt64BigEndian(operand);
            default:
                var value = BinaryPrimitives.ReadInt64BigEndian(operand);
                aboveInt64 = value < 0;
                return value;
        }
    }

    private readonly MessagePackException OutOfRange<T>(string expected, T value) =>
        new(expected, $"the integer {value}, which is out of its range,", _offset);
}
