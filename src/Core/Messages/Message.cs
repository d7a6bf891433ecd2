namespace TaskGraph.Messages;

/// <summary>
/// Something that one process tells another. A message decoded from the wire is the stimulus that a machine handles:
/// there is no second form. Columns of a message that speaks of several tasks are parallel to its <c>Tasks</c> column.
/// </summary>
public abstract class Message
{
    /// <summary>What kind of message this is: its tag on the wire.</summary>
    public abstract MessageKind Kind { get; }

    /// <summary>The message's fields in wire order; one definition serves both directions.</summary>
    protected internal abstract void Fields(ref MessageFields fields);

    /// <summary>
    /// Buffers that follow the message as raw bytes, outside the MessagePack body; empty for most. Only data
    /// connections carry them.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; set; } = [];

    /// <summary>
    /// Per attachment: the <see cref="ArrayElement"/> of the array that its bytes are of. Empty = plain bytes. A receiver
    /// makes such an array for them, and need not copy them again.
    /// </summary>
    public virtual ReadOnlyMemory<byte> AttachmentElements => default;
}
