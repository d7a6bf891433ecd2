using System.Buffers.Binary;

namespace TaskGraph;

/// <summary>Assembly identities inside function bodies: <c>[content, name, mvid]</c>.</summary>
internal static class AssemblyIdentityCodec
{
    private const int HashBytes = 16;

    public static void Write(ref MessagePackWriter writer, AssemblyIdentity identity)
    {
        Span<byte> bytes = stackalloc byte[HashBytes];
        writer.WriteArrayHeader(3);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, identity.Content.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], identity.Content.Low);
        writer.WriteBinary(bytes);
        writer.Write(identity.Name);
        identity.Mvid.TryWriteBytes(bytes);
        writer.WriteBinary(bytes);
    }

    public static AssemblyIdentity Read(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(3);
        var hash = ReadExactly(ref reader);
        var content = new Hash128(
            BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
        var name = reader.ReadString() ?? throw new MalformedFunctionException("an assembly has no name");
        return new AssemblyIdentity(content, name, new Guid(ReadExactly(ref reader)));
    }

    private static ReadOnlySpan<byte> ReadExactly(ref MessagePackReader reader)
    {
        var bytes = reader.ReadBinary();
        return bytes.Length == HashBytes
            ? bytes
            : throw new MalformedFunctionException($"an assembly identity has {bytes.Length} bytes instead of 16");
    }
}
