using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph;

public ref partial struct MessagePackWriter
{
    /// <summary>Writes the header of an extension; <paramref name="length"/> raw bytes must follow.</summary>
    /// <param name="type">The application's type number; negative ones are the specification's.</param>
    /// <param name="length">The length of its data in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public void WriteExtensionHeader(sbyte type, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        switch (length)
        {
            case 1 or 2 or 4 or 8 or 16:
                WriteByte((byte)(MessagePackCode.FixExtension1 + int.Log2(length)));
                break;
            case <= byte.MaxValue:
                WriteCodeAndByte(MessagePackCode.Extension8, (byte)length);
                break;
            default:
                WriteLength16Or32(MessagePackCode.Extension16, MessagePackCode.Extension32, length);
                break;
        }

        WriteByte((byte)type);
    }

    /// <summary>
    /// Writes a timestamp (extension −1) in its smallest form. Local time is converted to UTC; time of
    /// unspecified kind is taken for UTC, since the format knows nothing else.
    /// </summary>
    public void Write(DateTime value)
    {
        var utc = value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value;
        var ticks = utc.Ticks - DateTime.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0)
        {
            rest += TimeSpan.TicksPerSecond;
            seconds--;
        }

        var nanoseconds = (ulong)rest * 100;
        if (seconds is < 0 or >= 1L << 34)
        {
            WriteExtensionHeader(MessagePackTimestamp.ExtensionType, 12);
            var span = Reserve(12);
            BinaryPrimitives.WriteUInt32BigEndian(span, (uint)nanoseconds);
            BinaryPrimitives.WriteInt64BigEndian(span[4..], seconds);
            _used += 12;
        }
        else if (nanoseconds != 0 || seconds > uint.MaxValue)
        {
            WriteExtensionHeader(MessagePackTimestamp.ExtensionType, 8);
            BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), (nanoseconds << 34) | (ulong)seconds);
            _used += 8;
        }
        else
        {
            WriteExtensionHeader(MessagePackTimestamp.ExtensionType, 4);
            BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), (uint)seconds);
            _used += 4;
        }
    }

    /// <summary>
    /// Writes a column of fixed-size values as one bin of their little-endian bytes. A struct with padding
    /// would send the padding: give such a struct explicit layout, or a column per field.
    /// </summary>
    public void WriteColumn<T>(scoped ReadOnlySpan<T> values)
        where T : unmanaged
    {
        MessagePackColumn.AssertLittleEndian();
        WriteBinaryHeader(checked(values.Length * Unsafe.SizeOf<T>()));
        WriteRaw(MemoryMarshal.AsBytes(values));
    }
}
