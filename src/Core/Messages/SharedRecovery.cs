namespace TaskGraph.Messages;

/// <summary>
/// In a scheduler's journal: what has become of a lock, semaphore, queue, variable, event or dataset, and whose call that
/// has answered, so that a call which is said again after a restart is not carried out again.
/// </summary>
public sealed class SharedNoted : Message
{
    public override MessageKind Kind => MessageKind.SharedNoted;

    public SharedKind Target { get; set; }

    /// <summary>The object's, or the dataset's, name.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// Put: the value was added, set or published. Get: the first <see cref="Limit"/> values were taken. Clear: whatever
    /// was there is gone. Acquire and Release: a lease began or ended. Count: the object has room for
    /// <see cref="Limit"/>.
    /// </summary>
    public SharedOperation Operation { get; set; }

    /// <summary>Values taken, or the room there is.</summary>
    public int Limit { get; set; }

    /// <summary>The lease's fencing token.</summary>
    public ulong Token { get; set; }

    /// <summary>How long the lease lasts without being renewed, in milliseconds.</summary>
    public int LeaseMs { get; set; }

    /// <summary>The lease's holder, for people.</summary>
    public string Holder { get; set; } = "";

    /// <summary>The incarnation of the client that holds the lease, or whose call is answered; 0 = nobody's.</summary>
    public ulong Client { get; set; }

    /// <summary>The call that is answered; 0 = none.</summary>
    public ulong RequestId { get; set; }

    /// <summary>Get: the submission under which the caller wants the futures that it has got.</summary>
    public ulong Submission { get; set; }

    /// <summary>The encoded value; empty when it is futures.</summary>
    public byte[] Value { get; set; } = [];

    /// <summary>The tasks whose futures are the value.</summary>
    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Target = (SharedKind)fields.Value((int)Target);
        Name = fields.Value(Name);
        Operation = (SharedOperation)fields.Value((int)Operation);
        Limit = fields.Value(Limit);
        Token = fields.Value(Token);
        LeaseMs = fields.Value(LeaseMs);
        Holder = fields.Value(Holder);
        Client = fields.Value(Client);
        RequestId = fields.Value(RequestId);
        Submission = fields.Value(Submission);
        Value = fields.Value(Value);
        fields.Tasks(Tasks);
    }
}

/// <summary>
/// In a scheduler's journal that was made from a longer one: the reply to a call that was carried out, as its client may
/// not have it yet.
/// </summary>
public sealed class SharedAnswered : Message
{
    public override MessageKind Kind => MessageKind.SharedAnswered;

    public SharedKind Target { get; set; }

    public string Name { get; set; } = "";

    /// <summary>The caller's incarnation.</summary>
    public ulong Client { get; set; }

    public ulong RequestId { get; set; }

    /// <summary>As <see cref="CoordinationCall.Submission"/>.</summary>
    public ulong Submission { get; set; }

    /// <summary>As <see cref="CoordinationReply.Token"/>.</summary>
    public ulong Token { get; set; }

    /// <summary>As <see cref="CoordinationReply.Values"/>.</summary>
    public BlobColumn Values { get; } = new();

    /// <summary>As <see cref="CoordinationReply.TaskEnds"/>.</summary>
    public MessageColumn<int> TaskEnds { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Target = (SharedKind)fields.Value((int)Target);
        Name = fields.Value(Name);
        Client = fields.Value(Client);
        RequestId = fields.Value(RequestId);
        Submission = fields.Value(Submission);
        Token = fields.Value(Token);
        int count = fields.Rows(Values.Count);
        fields.Blobs(Values, count);
        fields.Column(TaskEnds, count);
    }
}
