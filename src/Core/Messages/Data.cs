namespace TaskGraph.Messages;

/// <summary>Asks a worker for values; each is answered by one <see cref="DataReply"/>.</summary>
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

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
        Status = (DataStatus)fields.Value((int)Status);
    }
}

/// <summary>Puts a value into a worker's store (scatter). Attachments: the payload's body, then its out-of-band buffers.</summary>
public sealed class PutData : Message
{
    public override MessageKind Kind => MessageKind.PutData;

    public ulong RequestId { get; set; }

    public TaskId Task { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
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
