namespace TaskGraph;

/// <summary>A process of the local cluster did not start, or ended.</summary>
public sealed class LocalClusterException : TaskGraphException
{
    internal LocalClusterException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
