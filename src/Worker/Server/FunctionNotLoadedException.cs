namespace TaskGraph.Worker.Server;

/// <summary>The code of a function cannot be had on this worker.</summary>
internal sealed class FunctionNotLoadedException(string reason, Exception? inner = null)
    : TaskGraphException($"The function's code cannot be loaded: {reason}.", inner);
