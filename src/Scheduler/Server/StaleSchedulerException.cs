namespace TaskGraph.Scheduler.Server;

/// <summary>A later scheduler of the same cluster is at work: this one has to stop.</summary>
public sealed class StaleSchedulerException(string message) : TaskGraphException(message);
