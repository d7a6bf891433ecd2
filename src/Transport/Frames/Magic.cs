namespace TaskGraph.Transport.Frames;

/// <summary>
/// The bytes that each side sends before its first frame, so that anything else is recognised at once.
/// </summary>
internal static class Magic
{
    /// <summary>The bytes: one that is no ASCII, a name, and a line end that text transfers would mangle.</summary>
    public static ReadOnlySpan<byte> Bytes =>
        [0x89, (byte)'T', (byte)'G', (byte)'R', (byte)'A', (byte)'P', (byte)'H', (byte)'\n'];

    /// <summary>
    /// Whether all of <paramref name="arrived"/> can still become the magic bytes and what follows them.
    /// </summary>
    public static bool Fits(ReadOnlySpan<byte> arrived)
    {
        var length = Math.Min(arrived.Length, Bytes.Length);
        return arrived[..length].SequenceEqual(Bytes[..length]);
    }
}
