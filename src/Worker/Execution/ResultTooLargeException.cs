namespace TaskGraph.Worker.Execution;

/// <summary>A result, or the copy of it that travels, is larger than the process's memory.</summary>
internal sealed class ResultTooLargeException(long bytes, long copyBytes, long limitBytes) : TaskGraphException(
    $"The result takes {new ByteSize(bytes)} where it is loaded"
    + (copyBytes > 0 ? $" and {new ByteSize(copyBytes)} more while it is sent" : "")
    + $", and the worker has {new ByteSize(limitBytes)} for values. Return it in parts, as several tasks.");
