using System.Buffers.Binary;
using System.Numerics;

namespace TaskGraph;

/// <summary>Integers wider than MessagePack's, as bin of their little-endian two's complement.</summary>
internal static class WideScalars
{
    public static void Write(ref PayloadWriter writer, BigInteger value) =>
        writer.Pack.WriteBinary(value.ToByteArray());

    public static BigInteger ReadBigInteger(ref PayloadReader reader) => new(reader.Pack.ReadBinary());

    public static void Write(ref PayloadWriter writer, Int128 value) => Write(ref writer, (UInt128)value);

    public static Int128 ReadInt128(ref PayloadReader reader) => (Int128)ReadUInt128(ref reader);

    public static void Write(ref PayloadWriter writer, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, value);
        writer.Pack.WriteBinary(bytes);
    }

    public static UInt128 ReadUInt128(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var bytes = reader.Pack.ReadBinary();
        return bytes.Length == 16
            ? BinaryPrimitives.ReadUInt128LittleEndian(bytes)
            : throw PayloadReader.Invalid("a bin of 16 bytes", start);
    }
}
