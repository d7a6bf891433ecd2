using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TaskGraph;

/// <summary>
/// The hashes behind default keys: 128 bits of a SHA-256 over function id, inputs and encoded arguments.
/// </summary>
internal static class CallHash
{
    /// <summary>The hash of one call.</summary>
    public static Hash128 Of(Hash128 function, ReadOnlySpan<Hash128> inputs, ReadOnlySpan<byte> arguments)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(sha, function);
        foreach (var input in inputs)
            Append(sha, input);
        sha.AppendData(arguments);
        return End(sha);
    }

    /// <summary>Adds a hash to a hash.</summary>
    public static void Append(IncrementalHash sha, Hash128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], value.Low);
        sha.AppendData(bytes);
    }

    /// <summary>The first 128 bits.</summary>
    public static Hash128 End(IncrementalHash sha)
    {
        Span<byte> digest = stackalloc byte[32];
        sha.GetHashAndReset(digest);
        return new Hash128(
            BinaryPrimitives.ReadUInt64BigEndian(digest), BinaryPrimitives.ReadUInt64BigEndian(digest[8..]));
    }
}
