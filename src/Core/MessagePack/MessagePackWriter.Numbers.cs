using System.Runtime.CompilerServices;

namespace TaskGraph;

public ref partial struct MessagePackWriter
{
    /// <summary>Writes an integer.</summary>
    public void Write(byte value) => Write((uint)value);

    /// <summary>Writes an integer.</summary>
    public void Write(ushort value) => Write((uint)value);

    /// <summary>Writes an integer.</summary>
    public void Write(sbyte value) => Write((int)value);

    /// <summary>Writes an integer.</summary>
    public void Write(short value) => Write((int)value);

    /// <summary>Writes an integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(int value)
    {
        // Positive and negative fixint: the value's low byte is its whole encoding.
        if (value is >= -32 and <= 127)
            WriteByte((byte)value);
        else if (value >= 0)
            WriteLarge((uint)value);
        else
            WriteNegative(value);
    }

    /// <summary>Writes an integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint value)
    {
        if (value <= MessagePackCode.MaxPositiveFixInt)
            WriteByte((byte)value);
        else
            WriteLarge(value);
    }

    /// <summary>Writes an integer.</summary>
    public void Write(long value)
    {
        if (value >= 0)
            Write((ulong)value);
        else if (value >= int.MinValue)
            Write((int)value);
        else
            WriteCodeAndUInt64(MessagePackCode.Int64, (ulong)value);
    }

    /// <summary>Writes an integer.</summary>
    public void Write(ulong value)
    {
        if (value <= uint.MaxValue)
            Write((uint)value);
        else
            WriteCodeAndUInt64(MessagePackCode.UInt64, value);
    }

    /// <summary>Writes a 32-bit floating-point number.</summary>
    public void Write(float value) =>
        WriteCodeAndUInt32(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes a 64-bit floating-point number.</summary>
    public void Write(double value) =>
        WriteCodeAndUInt64(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value));

    private void WriteLarge(uint value)
    {
        if (value <= byte.MaxValue)
            WriteCodeAndByte(MessagePackCode.UInt8, (byte)value);
        else if (value <= ushort.MaxValue)
            WriteCodeAndUInt16(MessagePackCode.UInt16, (ushort)value);
        else
            WriteCodeAndUInt32(MessagePackCode.UInt32, value);
    }

    private void WriteNegative(int value)
    {
        if (value >= sbyte.MinValue)
            WriteCodeAndByte(MessagePackCode.Int8, (byte)value);
        else if (value >= short.MinValue)
            WriteCodeAndUInt16(MessagePackCode.Int16, (ushort)value);
        else
            WriteCodeAndUInt32(MessagePackCode.Int32, (uint)value);
    }

    private void WriteCodeAndByte(byte code, byte value)
    {
        var span = Reserve(2);
        span[1] = value;
        span[0] = code;
        _used += 2;
    }
}
