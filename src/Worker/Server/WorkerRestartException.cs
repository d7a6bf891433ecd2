namespace TaskGraph.Worker.Server;

/// <summary>The scheduler wants this worker's process replaced by a fresh one.</summary>
public sealed class WorkerRestartException : TaskGraphException
{
    internal WorkerRestartException()
        : base("The scheduler wants a fresh process in place of this one.")
    {
    }
}
