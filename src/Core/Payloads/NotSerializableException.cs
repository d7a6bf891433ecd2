namespace TaskGraph;

/// <summary>A value that cannot be sent to another process; thrown where it is submitted.</summary>
public sealed class NotSerializableException : TaskGraphException
{
    /// <summary>Says what cannot be sent, where it stands, and what to do instead.</summary>
    /// <param name="type">The type that cannot be sent.</param>
    /// <param name="path">The way to it from the value submitted, as "Order.Lines[].Stream".</param>
    /// <param name="reason">Why, and what to do instead.</param>
    public NotSerializableException(Type type, string path, string reason)
        : base($"{Subject(type, path)} cannot be sent to another process: {reason}.")
    {
        Type = type;
        Path = path;
        Reason = reason;
    }

    /// <summary>The type that cannot be sent.</summary>
    public Type Type { get; }

    /// <summary>The way to it from the value submitted, as "Order.Lines[].Stream".</summary>
    public string Path { get; }

    /// <summary>Why, and what to do instead.</summary>
    public string Reason { get; }

    /// <summary>Thrown by a writer that keeps no trace: the path is not the whole one.</summary>
    internal bool NeedsPath { get; init; }

    private static string Subject(Type type, string path)
    {
        var name = TypeName.Of(type);
        return path == name ? path : $"{path} ({name})";
    }
}
