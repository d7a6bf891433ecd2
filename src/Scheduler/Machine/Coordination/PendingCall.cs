using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>A call that waits, or whose reply may still have to be said again.</summary>
internal sealed class PendingCall(SchedulerClient client, CoordinationCall message, SharedObject target, long arrived)
{
    public SchedulerClient Client { get; } = client;

    public CoordinationCall Message { get; } = message;

    public SharedObject Target { get; } = target;

    public long Arrived { get; } = arrived;

    /// <summary>Its place among all calls: smaller came first.</summary>
    public long Order { get; init; }

    /// <summary>When the wait ends without success.</summary>
    public long Deadline => Message.TimeoutMs < 0 ? long.MaxValue : Arrived + (Message.TimeoutMs * 1000L);

    /// <summary>What is to be put, already kept; null for other calls, and once it has been taken.</summary>
    public SharedValue? Value { get; set; }

    /// <summary>How the call ended; null while it waits.</summary>
    public CoordinationReply? Reply { get; set; }

    /// <summary>Whether its reply waits for the disk.</summary>
    public bool IsUnsaid { get; set; }

    /// <summary>Whether the journal says how it ended.</summary>
    public bool IsNoted { get; set; }

    /// <summary>Whether its client is gone for good.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Its place in the line it waits in.</summary>
    public LinkedListNode<PendingCall>? Place { get; set; }
}
