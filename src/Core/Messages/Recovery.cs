namespace TaskGraph.Messages;

/// <summary>
/// From a worker that is back under a new incarnation, before anything else: what it holds, and what still runs there.
/// It has dropped what it had not started. The scheduler keeps what it can use and frees or stops the rest.
/// </summary>
public sealed class WorkerInventory : Message
{
    public override MessageKind Kind => MessageKind.WorkerInventory;

    /// <summary>Tasks whose values are here.</summary>
    public MessageColumn<TaskId> Held { get; } = new();

    /// <summary>Per value: the dispatch that made it, −1 = it was fetched from another worker or put by a client.</summary>
    public MessageColumn<int> HeldAttempts { get; } = new();

    /// <summary>Per value: its bytes in memory.</summary>
    public MessageColumn<long> HeldBytes { get; } = new();

    /// <summary>Tasks that run here.</summary>
    public MessageColumn<TaskId> Running { get; } = new();

    /// <summary>Per run: its dispatch.</summary>
    public MessageColumn<int> RunningAttempts { get; } = new();

    /// <summary>Per run: 1 = it gave up its slot.</summary>
    public MessageColumn<byte> RunningSeceded { get; } = new();

    /// <summary>Whether this is the last of the messages that the inventory takes.</summary>
    public bool IsLast { get; set; }

    /// <summary>In the last one: no dispatch that the worker remembers had a higher number, be it void by now.</summary>
    public int HighestAttempt { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        int held = fields.Tasks(Held);
        fields.Column(HeldAttempts, held);
        fields.Column(HeldBytes, held);
        int running = fields.Tasks(Running);
        fields.Column(RunningAttempts, running);
        fields.Column(RunningSeceded, running);
        IsLast = fields.Value(IsLast);
        HighestAttempt = fields.Value(HighestAttempt);
    }
}

/// <summary>In a scheduler's journal, never between processes: the latest dispatches of tasks.</summary>
public sealed class AttemptsNoted : Message
{
    public override MessageKind Kind => MessageKind.AttemptsNoted;

    public MessageColumn<TaskId> Tasks { get; } = new();

    public MessageColumn<int> Attempts { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.Column(Attempts, fields.Tasks(Tasks));
}

/// <summary>
/// In a scheduler's journal, before a submission that was copied from an older one: which of its tasks are left, and
/// which of those are wanted. One bit per task, the lowest first.
/// </summary>
public sealed class SubmissionKept : Message
{
    public override MessageKind Kind => MessageKind.SubmissionKept;

    /// <summary>0 = all of them have been told.</summary>
    public ulong Submission { get; set; }

    public byte[] Live { get; set; } = [];

    public byte[] Wanted { get; set; } = [];

    /// <summary>Whether the task is left.</summary>
    public bool IsLive(int index) => Has(Live, index);

    /// <summary>Whether the client holds a future of it.</summary>
    public bool IsWanted(int index) => Has(Wanted, index);

    protected internal override void Fields(ref MessageFields fields)
    {
        Submission = fields.Value(Submission);
        Live = fields.Value(Live);
        Wanted = fields.Value(Wanted);
    }

    private static bool Has(byte[] bits, int index) =>
        index >> 3 < bits.Length && (bits[index >> 3] >> (index & 7) & 1) != 0;
}

/// <summary>
/// In a scheduler's journal, behind a <see cref="SubmissionKept"/>: inputs under the names that their own submissions give
/// them. The submission may name them by a place with the same key that was released since, and means nobody any more.
/// </summary>
public sealed class InputsKept : Message
{
    public override MessageKind Kind => MessageKind.InputsKept;

    public ulong Submission { get; set; }

    /// <summary>Places of tasks, ascending.</summary>
    public MessageColumn<int> Places { get; } = new();

    /// <summary>Per task: where its inputs end.</summary>
    public MessageColumn<int> InputEnds { get; } = new();

    public MessageColumn<TaskId> Inputs { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Submission = fields.Value(Submission);
        int places = fields.FreeColumn(Places);
        fields.Tasks(Inputs, fields.Ends(InputEnds, places));
    }
}

/// <summary>In a scheduler's journal: a dataset was published under a name, instead of an earlier one if there was one.</summary>
public sealed class DatasetNoted : Message
{
    public override MessageKind Kind => MessageKind.DatasetNoted;

    public string Name { get; set; } = "";

    /// <summary>It was unpublished; nothing else is stated.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>The encoded value; empty when it is futures.</summary>
    public byte[] Value { get; set; } = [];

    /// <summary>The tasks whose futures are the value.</summary>
    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Name = fields.Value(Name);
        IsRemoved = fields.Value(IsRemoved);
        Value = fields.Value(Value);
        fields.Tasks(Tasks);
    }
}
