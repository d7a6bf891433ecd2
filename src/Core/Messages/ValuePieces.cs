namespace TaskGraph.Messages;

/// <summary>
/// Asks a worker for a part of a value, for who carries it on without having room for the whole. Answered by a
/// <see cref="ValuePiece"/>.
/// </summary>
public sealed class GetPiece : Message
{
    public override MessageKind Kind => MessageKind.GetPiece;

    public ulong RequestId { get; set; }

    public TaskId Task { get; set; }

    /// <summary>Where the part begins, in the value's body and buffers one after another; 0 first, then ascending without gaps.</summary>
    public long Offset { get; set; }

    /// <summary>Bytes wanted at most.</summary>
    public int MaxBytes { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
        Offset = fields.Value(Offset);
        MaxBytes = fields.Value(MaxBytes);
    }
}

/// <summary>
/// A part of a value. Attachment: its bytes. The same message puts it into another worker's store, which answers each part by a
/// <see cref="PutDataReply"/> and has the value when the last one has come.
/// </summary>
public sealed class ValuePiece : Message
{
    public override MessageKind Kind => MessageKind.ValuePiece;

    public ulong RequestId { get; set; }

    public TaskId Task { get; set; }

    public DataStatus Status { get; set; }

    /// <inheritdoc cref="GetPiece.Offset"/>
    public long Offset { get; set; }

    /// <summary>Bytes of the value's body and of each of its buffers, in the first piece; empty in the others.</summary>
    public MessageColumn<long> Lengths { get; } = new();

    /// <summary>What arrays the buffers are of, in the first piece; as <see cref="DataReply.Elements"/>.</summary>
    public byte[] Elements { get; set; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
        Status = (DataStatus)fields.Value((int)Status);
        Offset = fields.Value(Offset);
        fields.FreeColumn(Lengths);
        Elements = fields.Value(Elements);
    }
}
