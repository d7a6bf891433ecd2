namespace TaskGraph.Messages;

/// <summary>Client to scheduler: which runs have ended? Answered by <see cref="TaskStreamReply"/>.</summary>
public sealed class TaskStreamRequest : Message
{
    public override MessageKind Kind => MessageKind.TaskStreamRequest;

    public ulong RequestId { get; set; }

    /// <summary>The number of the first run wanted; 0 = the oldest that is remembered.</summary>
    public long From { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        From = fields.Value(From);
    }
}

/// <summary>Answers <see cref="TaskStreamRequest"/>: runs in the order of their ends.</summary>
public sealed class TaskStreamReply : Message
{
    public override MessageKind Kind => MessageKind.TaskStreamReply;

    public ulong RequestId { get; set; }

    /// <summary>From where to go on; −1 = these were the last.</summary>
    public long Next { get; set; } = -1;

    /// <summary>Per run: how many microseconds ago the scheduler heard of its end.</summary>
    public MessageColumn<long> StoppedAgoUs { get; } = new();

    /// <summary>Per run: microseconds that the function ran; −1 = the run failed.</summary>
    public MessageColumn<int> DurationUs { get; } = new();

    /// <summary>Per run: bytes of its value.</summary>
    public MessageColumn<long> Bytes { get; } = new();

    /// <summary>Per run: its task.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>Per run: the short name of its function.</summary>
    public List<string> Functions { get; } = [];

    /// <summary>Per run: the worker's name.</summary>
    public List<string> Workers { get; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Next = fields.Value(Next);
        int rows = fields.FreeColumn(StoppedAgoUs);
        fields.Column(DurationUs, rows);
        fields.Column(Bytes, rows);
        fields.Strings(Keys, rows);
        fields.Strings(Functions, rows);
        fields.Strings(Workers, rows);
    }
}
