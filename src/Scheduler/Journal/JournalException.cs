namespace TaskGraph.Scheduler.Journal;

/// <summary>The journal cannot be opened, read or written.</summary>
public sealed class JournalException(string message, Exception? innerException = null)
    : TaskGraphException(message, innerException);
