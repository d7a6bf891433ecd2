using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>What an <see cref="Arrival"/> brings.</summary>
internal enum ArrivalKind
{
    /// <summary>A worker has introduced itself and waits for its number.</summary>
    WorkerKnocks,

    /// <summary>A connection has been welcomed and can be written to.</summary>
    Attached,

    /// <summary>A worker whose link was lost wants to go on with its session.</summary>
    WorkerDialsAgain,

    /// <summary>A session goes on over another link.</summary>
    Resumed,

    /// <summary>A worker that was cut off is known to have ended: nobody listens at its address.</summary>
    WorkerGone,

    /// <summary>Messages of one connection.</summary>
    Messages,

    /// <summary>A connection has ended.</summary>
    Closed,

    /// <summary>A function that ran in this process has ended.</summary>
    CallEnded,

    /// <summary>A value has been brought from one worker to another, or could not be.</summary>
    RelayEnded,

    /// <summary>The server is to stop.</summary>
    Stop,
}

/// <summary>One item in the inbox of the scheduler's loop.</summary>
internal readonly struct Arrival
{
    public ArrivalKind Kind { get; init; }

    public PendingConnection? Pending { get; init; }

    public PeerSession? Session { get; init; }

    public List<Message>? Messages { get; init; }

    public CallEnd? Call { get; init; }

    public RelayEnd? Relay { get; init; }

    public string Reason { get; init; }
}

/// <summary>A connection and the peer at its other end.</summary>
internal sealed class PeerSession(Connection connection, SchedulerWorker? admitted)
{
    public Connection Connection { get; } = connection;

    /// <summary>The worker that was admitted on this connection, null for a client.</summary>
    public SchedulerWorker? Admitted { get; } = admitted;

    /// <summary>The peer, once it has been attached.</summary>
    public SchedulerPeer? Peer { get; set; }

    /// <summary>When the loop last wrote to it, in microseconds.</summary>
    public long LastWrite { get; set; }

    /// <summary>How fast news follow each other.</summary>
    public NewsPace Pace { get; } = new();

    /// <summary>Whether something is written that waits for more.</summary>
    public bool IsHolding { get; set; }

    /// <summary>When what is held has to go, in microseconds.</summary>
    public long HeldUntil { get; set; }

    /// <summary>The link is gone, and the session waits for another one.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>When the connection had last received something at the latest look, and at how many looks that was so.</summary>
    public (long Received, int Looks) Silence { get; set; }

    /// <summary>Completes when nothing more comes over the present link.</summary>
    public Task Receiving { get; set; } = Task.CompletedTask;

    /// <summary>One at a time may resume the session.</summary>
    public SemaphoreSlim Resuming { get; } = new(1);
}
