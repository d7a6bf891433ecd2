using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TaskGraph;

/// <summary>The first 128 bits of a SHA-256: the identity of functions, assemblies and default keys.</summary>
/// <param name="High">Bytes 0 to 7, big-endian.</param>
/// <param name="Low">Bytes 8 to 15, big-endian.</param>
public readonly record struct Hash128(ulong High, ulong Low)
{
    /// <summary>Hashes <paramref name="content"/>.</summary>
    public static Hash128 Of(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(content, digest);
        return new Hash128(
            BinaryPrimitives.ReadUInt64BigEndian(digest),
            BinaryPrimitives.ReadUInt64BigEndian(digest[8..]));
    }

    /// <summary>The hash as 32 hexadecimal digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";
}
