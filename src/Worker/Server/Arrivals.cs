using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Worker.Server;

/// <summary>The code of a function is loaded, or cannot be: <see cref="Error"/>.</summary>
internal sealed record CodeArrival(Hash128 Function, TaskError? Error);

/// <summary>The worker is back under a new incarnation, on this connection.</summary>
internal sealed record Return(Connection Scheduler);

/// <summary>A peer or client puts a value here; the answer goes to <see cref="Connection"/>.</summary>
internal sealed record PutArrival(Connection Connection, PutData Message);

/// <summary>The connection over which a client has put these values is gone.</summary>
internal sealed record PutterGone(IReadOnlyList<TaskId> Tasks);

/// <summary>A request has ended; with the values that arrived.</summary>
internal sealed class FetchResult(int requestId, int count) : FetchOutcome(requestId, count)
{
    /// <summary>Per value found: the value.</summary>
    public Payload[] Values { get; } = new Payload[count];
}

/// <summary>A request for replicas has ended; with the values that arrived.</summary>
internal sealed record ReplicaArrival(FetchRequest Request, FetchResult Result);
