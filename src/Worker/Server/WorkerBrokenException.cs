namespace TaskGraph.Worker.Server;

/// <summary>The worker's process is no longer fit to run tasks and should be replaced by a fresh one.</summary>
public sealed class WorkerBrokenException(string reason)
    : TaskGraphException($"This worker process must be replaced: {reason}.");
