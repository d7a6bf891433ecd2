namespace TaskGraph.Scheduler.Machine;

/// <summary>Something that a client asked for and that takes more than one turn.</summary>
internal sealed class Operation(SchedulerClient client, ulong requestId)
{
    public SchedulerClient Client { get; } = client;

    public ulong RequestId { get; } = requestId;

    /// <summary>Parts that have not ended; the operation has when none is left.</summary>
    public int Outstanding { get; set; }

    /// <summary>Copies that were made.</summary>
    public int Copied { get; set; }

    /// <summary>Copies that could not be made.</summary>
    public int NotCopied { get; set; }

    /// <summary>What went wrong first; empty = nothing.</summary>
    public string Error { get; set; } = "";
}

/// <summary>A value on its way to one more worker.</summary>
/// <param name="Target">The number of the worker that fetches it.</param>
/// <param name="Source">The number of the worker that it is fetched from.</param>
/// <param name="DropFrom">The number of the worker that drops its copy then, −1 = none.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Operation">What it is done for.</param>
internal sealed record ReplicaCopy(int Target, int Source, int DropFrom, long Bytes, Operation Operation);

/// <summary>A worker that is to end without losing what only it holds.</summary>
internal sealed class Retirement(SchedulerWorker worker, Operation operation)
{
    public SchedulerWorker Worker { get; } = worker;

    /// <summary>What the client asked for: one or more workers.</summary>
    public Operation Operation { get; } = operation;

    /// <summary>The copies of the present round.</summary>
    public Operation Copies { get; } = new(operation.Client, 0);

    /// <summary>How often copies were asked for.</summary>
    public int Rounds { get; set; }

    /// <summary>Whether the worker ends in any case: it has asked for this itself.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether it has been told to go.</summary>
    public bool IsSentAway { get; set; }
}
