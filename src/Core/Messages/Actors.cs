namespace TaskGraph.Messages;

/// <summary>
/// Calls a method of an actor, over a data connection to its worker; answered by one <see cref="ActorReply"/>. Calls of
/// one caller run in the order of their numbers. After a cut they are said again in that order, over a new connection,
/// and are carried out once. Attachment: the encoded arguments, the actor itself among them by kind 5.
/// </summary>
public sealed class ActorCall : Message
{
    public override MessageKind Kind => MessageKind.ActorCall;

    /// <summary>The task that created the actor.</summary>
    public TaskId Actor { get; set; }

    /// <summary>64 random bits for all calls that one client makes of one actor.</summary>
    public ulong Caller { get; set; }

    /// <summary>The caller's calls of this actor, counted from 1.</summary>
    public ulong RequestId { get; set; }

    /// <summary>The caller has the replies to all its calls up to this number: they need not be kept.</summary>
    public ulong Answered { get; set; }

    /// <summary>How often the caller has dialled: the reply goes the latest way.</summary>
    public int Dialled { get; set; }

    /// <summary>The method, as the function encoder writes it; with its captures.</summary>
    public byte[] Function { get; set; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        Actor = fields.Value(Actor);
        Caller = fields.Value(Caller);
        RequestId = fields.Value(RequestId);
        Answered = fields.Value(Answered);
        Dialled = fields.Value(Dialled);
        Function = fields.Value(Function);
    }
}

/// <summary>What became of a call of an actor.</summary>
public enum ActorOutcome : byte
{
    /// <summary>It has run; the result follows.</summary>
    Done,

    /// <summary>The method threw, or could not be run.</summary>
    Failed,

    /// <summary>There is no such actor on this worker, or not any more.</summary>
    Missing,
}

/// <summary>Answers an <see cref="ActorCall"/>. Attachment: the encoded result, if there is one.</summary>
public sealed class ActorReply : Message
{
    public override MessageKind Kind => MessageKind.ActorReply;

    public TaskId Actor { get; set; }

    public ulong RequestId { get; set; }

    public ActorOutcome Outcome { get; set; }

    /// <summary>Why it failed.</summary>
    public TaskError? Error { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        Actor = fields.Value(Actor);
        RequestId = fields.Value(RequestId);
        Outcome = (ActorOutcome)fields.Value((int)Outcome);
        Error = fields.Error(Error);
    }
}

/// <summary>
/// A caller has the replies to its calls and makes none at the moment: large ones need not be kept until it does.
/// </summary>
public sealed class ActorRepliesTaken : Message
{
    public override MessageKind Kind => MessageKind.ActorRepliesTaken;

    public TaskId Actor { get; set; }

    public ulong Caller { get; set; }

    /// <summary>All replies up to this number are there.</summary>
    public ulong Answered { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        Actor = fields.Value(Actor);
        Caller = fields.Value(Caller);
        Answered = fields.Value(Answered);
    }
}
