namespace TaskGraph;

/// <summary>The root of every exception that TaskGraph throws on its own account.</summary>
public class TaskGraphException : Exception
{
    /// <summary>An exception that says <paramref name="message"/>.</summary>
    public TaskGraphException(string message)
        : base(message)
    {
    }

    /// <summary>
    /// An exception that says <paramref name="message"/> and was caused by <paramref name="innerException"/>.
    /// </summary>
    public TaskGraphException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
