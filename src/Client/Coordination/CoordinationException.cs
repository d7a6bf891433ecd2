namespace TaskGraph;

/// <summary>The scheduler refuses an operation on a lock, semaphore, queue, variable, event or dataset.</summary>
public sealed class CoordinationException : TaskGraphException
{
    internal CoordinationException(string label, string reason)
        : base($"{label}: {reason}")
    {
        Label = label;
    }

    /// <summary>Kind and name of the object.</summary>
    public string Label { get; }
}
