using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph.Compression;

/// <summary>
/// The LZ4 block format: fast, modest compression of blocks whose raw length is known from elsewhere. What it writes,
/// every LZ4 decoder reads, and the other way round. Each block stands alone.
/// </summary>
public static partial class Lz4Block
{
    // The format's own rules: a match has at least 4 bytes and an offset of at most 65,535; the last match begins at
    // least 12 bytes before the end, and the last 5 bytes are literals.
    private const int MinMatch = 4;
    private const int MaxOffset = ushort.MaxValue;
    private const int LastMatchDistance = 12;
    private const int LastLiterals = 5;
    private const int RunMask = 15;

    private const int TableBits = 13;

    // After 64 positions without a match the search begins to skip: noise costs little time.
    private const int SkipBits = 6;

    /// <summary>How long the encoded form of incompressible bytes can get.</summary>
    public static int MaxEncodedLength(int length) => length + (length / 255) + 16;

    /// <summary>
    /// Encodes a block. Give it a target smaller than the source to hear early that compression does not pay.
    /// </summary>
    /// <param name="source">The raw bytes.</param>
    /// <param name="target">Where the block goes.</param>
    /// <returns>The block's length; −1 = it does not fit into <paramref name="target"/>.</returns>
    [SkipLocalsInit]
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        // Positions plus one; 0 = none.
        Span<int> table = stackalloc int[1 << TableBits];
        table.Clear();
        var written = 0;
        var anchor = 0;
        var at = 0;
        var last = source.Length - LastMatchDistance;
        var searched = 1 << SkipBits;
        while (at <= last)
        {
            var word = ReadWord(source, at);
            ref var slot = ref table[Slot(word)];
            var candidate = slot - 1;
            slot = at + 1;
            if (candidate < 0 || at - candidate > MaxOffset || ReadWord(source, candidate) != word)
            {
                at += searched++ >> SkipBits;
                continue;
            }

            while (at > anchor && candidate > 0 && source[at - 1] == source[candidate - 1])
            {
                at--;
                candidate--;
            }

            var length = MatchLength(source, candidate, at);
            if (!TryWrite(source[anchor..at], at - candidate, length, target, ref written))
                return -1;
            at += length;
            anchor = at;
            searched = 1 << SkipBits;
            if (at <= last)
                table[Slot(ReadWord(source, at - 2))] = at - 1;
        }

        return TryWriteLiterals(source[anchor..], matchCode: 0, target, ref written) ? written : -1;
    }

    private static uint ReadWord(ReadOnlySpan<byte> bytes, int at) =>
        MemoryMarshal.Read<uint>(bytes[at..]);

    private static int Slot(uint word) => (int)((word * 2654435761u) >> (32 - TableBits));

    private static int MatchLength(ReadOnlySpan<byte> source, int candidate, int at)
    {
        var limit = source.Length - LastLiterals;
        var length = MinMatch;
        while (at + length + sizeof(ulong) <= limit)
        {
            var difference = MemoryMarshal.Read<ulong>(source[(at + length)..])
                ^ MemoryMarshal.Read<ulong>(source[(candidate + length)..]);
            if (difference != 0)
            {
                var zeros = BitConverter.IsLittleEndian
                    ? BitOperations.TrailingZeroCount(difference)
                    : BitOperations.LeadingZeroCount(difference);
                return length + (zeros >> 3);
            }

            length += sizeof(ulong);
        }

        while (at + length < limit && source[at + length] == source[candidate + length])
            length++;
        return length;
    }

    private static bool TryWrite(
        ReadOnlySpan<byte> literals, int offset, int length, Span<byte> target, ref int written)
    {
        var more = length - MinMatch;
        if (!TryWriteLiterals(literals, Math.Min(more, RunMask), target, ref written))
            return false;
        if (target.Length - written < 3 + (more / 255))
            return false;
        target[written++] = (byte)offset;
        target[written++] = (byte)(offset >> 8);
        if (more >= RunMask)
            WriteRun(more - RunMask, target, ref written);
        return true;
    }

    private static bool TryWriteLiterals(
        ReadOnlySpan<byte> literals, int matchCode, Span<byte> target, ref int written)
    {
        if (target.Length - written < 2 + (literals.Length / 255) + literals.Length)
            return false;
        target[written++] = (byte)((Math.Min(literals.Length, RunMask) << 4) | matchCode);
        if (literals.Length >= RunMask)
            WriteRun(literals.Length - RunMask, target, ref written);
        literals.CopyTo(target[written..]);
        written += literals.Length;
        return true;
    }

    private static void WriteRun(int rest, Span<byte> target, ref int written)
    {
        for (; rest >= 255; rest -= 255)
            target[written++] = 255;
        target[written++] = (byte)rest;
    }
}
