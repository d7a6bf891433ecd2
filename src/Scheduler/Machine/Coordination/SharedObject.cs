using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>A lock, semaphore, queue, variable, event, or the datasets: state and who waits for it to change.</summary>
internal abstract class SharedObject(CoordinationTable table, string label)
{
    /// <summary>Kind and name, for people.</summary>
    public string Label { get; } = label;

    /// <summary>Where it is found.</summary>
    public (SharedKind Kind, string Name) Key { get; set; }

    /// <summary>Whether forgetting the object now could be noticed by nobody.</summary>
    public abstract bool IsIdle { get; }

    /// <summary>Takes in what a journal says has become of it; what its caller was given goes into the reply.</summary>
    public abstract void Restore(SharedNoted noted, SharedValue? value, CoordinationReply reply);

    /// <summary>What to note so that an empty object becomes this one; leases apart.</summary>
    public abstract IEnumerable<(SharedNoted Noted, SharedValue? Value)> Snapshot();

    protected CoordinationTable Table { get; } = table;

    /// <summary>Answers a call now, or lets it wait in a line.</summary>
    public abstract void Handle(PendingCall call);

    /// <summary>A call that waits is over; it has been answered, or nobody wants the answer.</summary>
    public abstract void Leave(PendingCall call);

    /// <summary>Something has changed: serves those who wait, in their order.</summary>
    public abstract void Serve();
}
