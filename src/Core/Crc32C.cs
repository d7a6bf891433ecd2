using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>The Castagnoli checksum (RFC 3720, B.4), by the processor's own instruction where there is one.</summary>
public static class Crc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Start = ~0u;

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(Start, bytes);

    /// <summary>The state after <paramref name="bytes"/>; its complement is the checksum of all bytes so far.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            state = BitOperations.Crc32C(state, word);
        foreach (var single in bytes[(bytes.Length & ~7)..])
            state = BitOperations.Crc32C(state, single);
        return state;
    }
}
