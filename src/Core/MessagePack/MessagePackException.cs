namespace TaskGraph;

/// <summary>Bytes that are no valid MessagePack, or not the value that the reader was asked for.</summary>
public sealed class MessagePackException : TaskGraphException
{
    /// <summary>Says what was expected, what stood there instead, and where.</summary>
    /// <param name="expected">What the reader was asked for, as "an int32".</param>
    /// <param name="found">What it met, as "str8 (0xd9)".</param>
    /// <param name="offset">Where, in bytes from the start of the buffer.</param>
    /// <param name="innerException">The error below this one, if any.</param>
    public MessagePackException(string expected, string found, long offset, Exception? innerException = null)
        : base($"MessagePack: expected {expected}, found {found} at offset {offset}.", innerException)
    {
        Expected = expected;
        Found = found;
        Offset = offset;
    }

    /// <summary>What the reader was asked for.</summary>
    public string Expected { get; }

    /// <summary>What it met instead.</summary>
    public string Found { get; }

    /// <summary>Where it met it, in bytes from the start of the buffer.</summary>
    public long Offset { get; }
}
