namespace TaskGraph.Worker.Execution;

/// <summary>An argument of a task cannot be decoded on the worker.</summary>
internal sealed class ArgumentsNotDecodedException(string reason, Exception? inner = null)
    : TaskGraphException($"The task's arguments cannot be decoded: {reason}.", inner);
