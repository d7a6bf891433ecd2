namespace TaskGraph.Worker.Server;

/// <summary>No scheduler answered within the worker's death timeout.</summary>
public sealed class SchedulerUnreachableException(string scheduler, TimeSpan after, string reason)
    : TaskGraphException(
        $"No scheduler took this worker at {scheduler} within {after.TotalSeconds:0.#} s (--death-timeout): {reason}");
