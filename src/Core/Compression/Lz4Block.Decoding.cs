namespace TaskGraph.Compression;

/// <summary>The decoder: trusts nothing.</summary>
public static partial class Lz4Block
{
    /// <summary>
    /// Decodes a block that has exactly <c>target.Length</c> raw bytes. No input makes it read or write elsewhere.
    /// </summary>
    /// <returns>Whether the block was well formed; if not, the target holds anything.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var at = 0;
        var written = 0;
        while (at < source.Length)
        {
            var token = source[at++];
            if (!TryReadRun(token >> 4, source, ref at, out var literals)
                || literals > source.Length - at || literals > target.Length - written)
                return false;
            source.Slice(at, literals).CopyTo(target[written..]);
            at += literals;
            written += literals;
            if (at == source.Length)
                return written == target.Length;
            if (!TryCopyMatch(token, source, ref at, target, ref written))
                return false;
        }

        return false;
    }

    private static bool TryCopyMatch(
        byte token, ReadOnlySpan<byte> source, ref int at, Span<byte> target, ref int written)
    {
        if (source.Length - at < 2)
            return false;
        var offset = source[at] | (source[at + 1] << 8);
        at += 2;
        if (offset == 0 || offset > written || !TryReadRun(token & RunMask, source, ref at, out var length))
            return false;
        length += MinMatch;
        if (length > target.Length - written)
            return false;
        Repeat(target, written - offset, written, length);
        written += length;
        return true;
    }

    private static bool TryReadRun(int code, ReadOnlySpan<byte> source, ref int at, out int length)
    {
        length = code;
        if (code < RunMask)
            return true;
        byte more;
        do
        {
            if (at == source.Length || length > int.MaxValue - 512)
                return false;
            more = source[at++];
            length += more;
        }
        while (more == 255);
        return true;
    }

    /// <summary>A match may overlap what it writes: then it repeats, and each round can copy twice as much.</summary>
    private static void Repeat(Span<byte> target, int from, int to, int length)
    {
        while (length > 0)
        {
            var count = Math.Min(length, to - from);
            target.Slice(from, count).CopyTo(target[to..]);
            to += count;
            length -= count;
        }
    }
}
