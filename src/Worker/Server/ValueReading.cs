namespace TaskGraph.Worker.Server;

/// <summary>
/// A value that somebody takes piece by piece: what was encoded for the first piece, or read from disk, stays for the others,
/// also when the store drops the value meanwhile.
/// </summary>
internal sealed class ValueReading(TaskId task, in Payload payload)
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _parts = Payloads.ToAttachments(payload);

    public TaskId Task { get; } = task;

    /// <summary>The body and the buffers, in bytes.</summary>
    public IEnumerable<long> Lengths => _parts.Select(static part => (long)part.Length);

    /// <summary>What arrays the buffers are of.</summary>
    public byte[] Elements { get; } = payload.Elements;

    private long ByteCount { get; } = payload.ByteCount;

    /// <summary>Whether nothing follows such a piece.</summary>
    public bool EndsWith(long offset, int bytes) => offset + bytes >= ByteCount;

    /// <summary>
    /// The bytes from <paramref name="offset"/> on, from where they lie: at most <paramref name="maxBytes"/>, of one buffer, and
    /// none beyond the end.
    /// </summary>
    public ReadOnlyMemory<byte> Cut(long offset, int maxBytes)
    {
        foreach (var part in _parts)
        {
            if (offset < part.Length)
                return part.Slice((int)offset, (int)Math.Min(maxBytes, part.Length - offset));
            offset -= part.Length;
        }

        return default;
    }
}
