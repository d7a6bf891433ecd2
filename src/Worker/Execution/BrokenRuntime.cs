namespace TaskGraph.Worker.Execution;

/// <summary>
/// A type whose static constructor ran out of memory stays unusable for the rest of the process: only a fresh process
/// helps. Noted where it is seen, acted upon by the worker's loop after the task's failure has been reported.
/// </summary>
internal static class BrokenRuntime
{
    private static string? s_reason;

    /// <summary>Why the process should be replaced; null = it need not.</summary>
    public static string? Reason => Volatile.Read(ref s_reason);

    /// <summary>Looks at what a task threw.</summary>
    public static void Note(Exception thrown)
    {
        for (var at = thrown; at is not null; at = at.InnerException)
        {
            if (at is TypeInitializationException { InnerException: OutOfMemoryException } type)
                Volatile.Write(ref s_reason, $"memory ran out while {type.TypeName} was being initialised");
        }
    }
}
