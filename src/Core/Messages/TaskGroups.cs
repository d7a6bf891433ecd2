namespace TaskGraph.Messages;

/// <summary>
/// Client to scheduler, around a submission's chunks: the spans (<c>etl/load</c>) in which its tasks were submitted, as
/// runs of neighbouring tasks. Only statistics hang on them: what comes too late is not counted.
/// </summary>
public sealed class SpansNoted : Message
{
    public override MessageKind Kind => MessageKind.SpansNoted;

    public ulong Submission { get; set; }

    /// <summary>Per run: its first task; ascending. Tasks in front of the first run, and of runs without a name, have no span.</summary>
    public MessageColumn<int> First { get; } = new();

    /// <summary>Per run: the path of the span; empty = none.</summary>
    public List<string> Paths { get; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        Submission = fields.Value(Submission);
        fields.Strings(Paths, fields.FreeColumn(First));
    }
}

/// <summary>Client to scheduler: the next piece of what is known of functions and spans.</summary>
public sealed class TaskGroupsRequest : Message
{
    public override MessageKind Kind => MessageKind.TaskGroupsRequest;

    public ulong RequestId { get; set; }

    /// <summary>Where to go on: the <see cref="TaskGroupsReply.Next"/> of the piece before; 0 at first.</summary>
    public long From { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        From = fields.Value(From);
    }
}

/// <summary>
/// Answers <see cref="TaskGroupsRequest"/>. A row is a function, or a function within a span. First come pieces with what
/// has been counted, then pieces with the states of the tasks that there are: whoever asks adds up what rows of the same
/// names say.
/// </summary>
public sealed class TaskGroupsReply : Message
{
    /// <summary>Released, Waiting, Queued, NoWorker, Processing, Memory, Erred.</summary>
    public const int StateCount = 7;

    public override MessageKind Kind => MessageKind.TaskGroupsReply;

    public ulong RequestId { get; set; }

    /// <summary>From where to go on; −1 = this was the last piece.</summary>
    public long Next { get; set; }

    public List<string> Functions { get; } = [];

    /// <summary>Per row: the span; empty = the function in all spans and in none.</summary>
    public List<string> Spans { get; } = [];

    /// <summary>Per row: runs that have finished.</summary>
    public MessageColumn<long> Finished { get; } = new();

    /// <summary>Per row: tasks that have failed for good.</summary>
    public MessageColumn<long> Failed { get; } = new();

    /// <summary>Per row: microseconds of all finished runs.</summary>
    public MessageColumn<long> TotalUs { get; } = new();

    /// <summary>Per row: bytes of all values.</summary>
    public MessageColumn<long> TotalBytes { get; } = new();

    /// <summary>Per row: microseconds since the first run began; −1 = none has finished.</summary>
    public MessageColumn<long> StartedAgoUs { get; } = new();

    /// <summary>Per row: microseconds since the last run ended; −1 = none has.</summary>
    public MessageColumn<long> StoppedAgoUs { get; } = new();

    /// <summary>Per row: tasks in each of the <see cref="StateCount"/> states; empty = this piece counts none.</summary>
    public MessageColumn<long> States { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Next = fields.Value(Next);
        int rows = fields.FreeColumn(Finished);
        fields.Strings(Functions, rows);
        fields.Strings(Spans, rows);
        fields.Column(Failed, rows);
        fields.Column(TotalUs, rows);
        fields.Column(TotalBytes, rows);
        fields.Column(StartedAgoUs, rows);
        fields.Column(StoppedAgoUs, rows);
        fields.FreeColumn(States);
    }
}
