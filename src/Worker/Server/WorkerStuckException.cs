namespace TaskGraph.Worker.Server;

/// <summary>
/// A function that was cancelled, or whose time was up, still runs after its grace: only the end of the process ends it.
/// </summary>
public sealed class WorkerStuckException(string reason) : TaskGraphException($"This worker process must be replaced: {reason}.");
