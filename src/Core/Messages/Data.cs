namespace TaskGraph.Messages;

/// <summary>
/// Asks a worker for values; each is answered by a <see cref="DataReply"/>, or a row of <see cref="DataReplies"/>.
/// </summary>
public sealed class GetData : Message
{
    public override MessageKind Kind => MessageKind.GetData;

    public ulong RequestId { get; set; }

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        fields.Tasks(Tasks);
    }
}

/// <summary>What became of one value asked for.</summary>
public enum DataStatus : byte
{
    /// <summary>The value follows.</summary>
    Found,

    /// <summary>This worker has not got it.</summary>
    Missing,

    /// <summary>Too many requests are being served: ask again a little later.</summary>
    Busy,
}

/// <summary>One value. Attachments: the payload's body, then its out-of-band buffers.</summary>
public sealed class DataReply : Message
{
    public override MessageKind Kind => MessageKind.DataReply;

    public ulong RequestId { get; set; }

    public TaskId Task { get; set; }

    public DataStatus Status { get; set; }

    /// <inheritdoc cref="Message.AttachmentElements"/>
    public byte[] Elements { get; set; } = [];

    public override ReadOnlyMemory<byte> AttachmentElements => Elements;

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
        Status = (DataStatus)fields.Value((int)Status);
        Elements = fields.Value(Elements);
    }
}

/// <summary>
/// Values of one request that are small and have no buffers, and answers without a value: a frame for each would cost
/// more than they do.
/// </summary>
public sealed class DataReplies : Message
{
    public override MessageKind Kind => MessageKind.DataReplies;

    public ulong RequestId { get; set; }

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Per task: a <see cref="DataStatus"/>.</summary>
    public MessageColumn<byte> Statuses { get; } = new();

    /// <summary>Per task: the encoded value if it was found, else nothing.</summary>
    public BlobColumn Values { get; } = new();

    /// <summary>Empties the columns and keeps their memory.</summary>
    public void Clear()
    {
        Tasks.Clear();
        Statuses.Clear();
        Values.Clear();
    }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        int rows = fields.Tasks(Tasks);
        fields.Column(Statuses, rows);
        fields.Blobs(Values, rows);
    }
}

/// <summary>Puts a value into a worker's store (scatter). Attachments: the payload's body, then its out-of-band buffers.</summary>
public sealed class PutData : Message
{
    public override MessageKind Kind => MessageKind.PutData;

    public ulong RequestId { get; set; }

    public TaskId Task { get; set; }

    /// <inheritdoc cref="Message.AttachmentElements"/>
    public byte[] Elements { get; set; } = [];

    public override ReadOnlyMemory<byte> AttachmentElements => Elements;

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
        Elements = fields.Value(Elements);
    }
}

/// <summary>Answers <see cref="PutData"/>.</summary>
public sealed class PutDataReply : Message
{
    public override MessageKind Kind => MessageKind.PutDataReply;

    public ulong RequestId { get; set; }

    /// <summary>Bytes that the value takes in the worker's memory.</summary>
    public long Bytes { get; set; }

    /// <summary>Empty = stored; otherwise why not.</summary>
    public string Error { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Bytes = fields.Value(Bytes);
        Error = fields.Value(Error);
    }
}

/// <summary>What one member of a communicator sends another. Attachment: the bytes.</summary>
public sealed class GroupData : Message
{
    public override MessageKind Kind => MessageKind.GroupData;

    public Guid Group { get; set; }

    public int FromRank { get; set; }

    public int Tag { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        Group = fields.Value(Group);
        FromRank = fields.Value(FromRank);
        Tag = fields.Value(Tag);
    }
}
