using System.Buffers.Binary;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// A spill file: the payload's parts (body, then buffers) one after the other in blocks of at most 256 KiB, then the
/// parts' lengths. A block is its raw length, its stored length, a CRC-32C over both and what is stored, and that: the
/// raw bytes, or fewer of LZ4. Lengths come last because a body is written while it is being encoded; each says too of
/// what array the part's bytes are, so that they are read to where they will be used.
/// </summary>
internal static class SpillFormat
{
    public const int BlockBytes = 256 << 10;
    public const int HeaderBytes = 12;

    /// <summary>At the very end: count of parts, CRC-32C of count and lengths, and the magic number.</summary>
    public const int TailBytes = 12;
    public const uint Magic = 0x31505347;

    /// <summary>Fills in the header of a block whose stored bytes follow it.</summary>
    public static void Seal(Span<byte> block, int rawLength)
    {
        BinaryPrimitives.WriteInt32LittleEndian(block, rawLength);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], Checksum(block));
    }

    /// <summary>The checksum that a block's header should name.</summary>
    public static uint Checksum(ReadOnlySpan<byte> block) =>
        ~Crc32C.Append(Crc32C.Append(Crc32C.Start, block[..8]), block[HeaderBytes..]);

    /// <summary>A part's entry at the end: its length, and in the highest byte what its array holds.</summary>
    public static long Part(long length, byte element) => length | ((long)element << 56);

    /// <summary>The length of a part.</summary>
    public static long LengthOf(long part) => part & ((1L << 56) - 1);

    /// <summary>What a part's array holds.</summary>
    public static byte ElementOf(long part) => (byte)(part >> 56);

    /// <summary>The end of a file whose parts have these lengths.</summary>
    public static byte[] Tail(IReadOnlyList<long> lengths)
    {
        var tail = new byte[(lengths.Count * sizeof(long)) + TailBytes];
        for (var i = 0; i < lengths.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(tail.AsSpan(i * sizeof(long)), lengths[i]);
        var end = tail.AsSpan(lengths.Count * sizeof(long));
        BinaryPrimitives.WriteInt32LittleEndian(end, lengths.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[4..], Crc32C.Of(tail.AsSpan(0, tail.Length - 8)));
        BinaryPrimitives.WriteUInt32LittleEndian(end[8..], Magic);
        return tail;
    }
}
