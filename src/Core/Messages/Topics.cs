namespace TaskGraph.Messages;

/// <summary>Client or worker to scheduler: something has happened that others may want to know.</summary>
public sealed class EventLogged : Message
{
    public override MessageKind Kind => MessageKind.EventLogged;

    /// <summary>Answered by an empty <see cref="TopicEvents"/> of this number; 0 = not answered.</summary>
    public ulong RequestId { get; set; }

    public string Topic { get; set; } = "";

    /// <summary>An encoded value without buffers of its own.</summary>
    public byte[] Value { get; set; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Topic = fields.Value(Topic);
        Value = fields.Value(Value);
    }
}

/// <summary>Client to scheduler: the next events of a topic. Answered by <see cref="TopicEvents"/>.</summary>
public sealed class EventsRequest : Message
{
    public override MessageKind Kind => MessageKind.EventsRequest;

    public ulong RequestId { get; set; }

    public string Topic { get; set; } = "";

    /// <summary>The number of the first event wanted; 0 = the oldest that there is.</summary>
    public long From { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Topic = fields.Value(Topic);
        From = fields.Value(From);
    }
}

/// <summary>Client to scheduler: tell me of events of this topic from now on, or no longer.</summary>
public sealed class TopicSubscribed : Message
{
    public override MessageKind Kind => MessageKind.TopicSubscribed;

    /// <summary>Answered by an empty <see cref="TopicEvents"/> of this number.</summary>
    public ulong RequestId { get; set; }

    public string Topic { get; set; } = "";

    public bool IsEnding { get; set; }

    /// <summary>After a cut: also those events that are remembered from this number on; 0 = only new ones.</summary>
    public long From { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Topic = fields.Value(Topic);
        IsEnding = fields.Value(IsEnding);
        From = fields.Value(From);
    }
}

/// <summary>Scheduler to client: events of one topic, asked for or subscribed to.</summary>
public sealed class TopicEvents : Message
{
    public override MessageKind Kind => MessageKind.TopicEvents;

    /// <summary>What it answers; 0 = a subscription.</summary>
    public ulong RequestId { get; set; }

    public string Topic { get; set; } = "";

    /// <summary>From where to go on; −1 = these were the last. Answering a subscription: the least number of what comes.</summary>
    public long Next { get; set; } = -1;

    /// <summary>Per event: how many microseconds ago it came.</summary>
    public MessageColumn<long> AgoUs { get; } = new();

    /// <summary>Per event: the name of the client or worker that logged it; "scheduler" for its own.</summary>
    public List<string> Senders { get; } = [];

    /// <summary>Per event: the encoded value.</summary>
    public BlobColumn Values { get; } = new();

    /// <summary>Per event: its number, which grows within an epoch of the scheduler.</summary>
    public MessageColumn<long> Numbers { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Topic = fields.Value(Topic);
        Next = fields.Value(Next);
        int rows = fields.FreeColumn(AgoUs);
        fields.Strings(Senders, rows);
        fields.Blobs(Values, rows);
        fields.Column(Numbers, rows);
    }
}
