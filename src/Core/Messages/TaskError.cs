namespace TaskGraph.Messages;

/// <summary>Where a task failed.</summary>
public enum TaskErrorKind : byte
{
    /// <summary>The user's function threw.</summary>
    Exception,

    /// <summary>The run took longer than the task's time limit.</summary>
    Timeout,

    /// <summary>The function's result cannot travel.</summary>
    ResultNotSerializable,

    /// <summary>The process ran out of memory while the task ran, or was ended for what it took.</summary>
    OutOfMemory,

    /// <summary>The function's code could not be loaded on the worker.</summary>
    FunctionNotLoaded,

    /// <summary>An argument could not be decoded on the worker.</summary>
    ArgumentsNotDecoded,

    /// <summary>Too many workers died while they ran the task.</summary>
    Poisoned,

    /// <summary>An input can neither be fetched nor computed again.</summary>
    InputLost,

    /// <summary>Its inputs fit into no worker's memory.</summary>
    InputsTooLarge,

    /// <summary>For too long no worker was connected that may run it.</summary>
    NoWorker,

    /// <summary>An actor is gone with its worker: it is never made anew by itself.</summary>
    ActorLost,

    /// <summary>The function asked to be run again elsewhere; never seen by clients.</summary>
    Rescheduled,

    /// <summary>The function's result, or the copy of it that travels, is larger than the worker's memory.</summary>
    ResultTooLarge,
}

/// <summary>Why a task failed, as text: exceptions never travel as objects.</summary>
/// <param name="Kind">Where it failed.</param>
/// <param name="ExceptionType">Full name of the exception type, or of ours for the other kinds.</param>
/// <param name="Message">The exception's message.</param>
/// <param name="RemoteStack">The stack on the worker; may be empty.</param>
/// <param name="Key">Key of the task that failed first; dependents inherit it.</param>
/// <param name="Worker">Name and address of the worker, empty if none was involved.</param>
public sealed record TaskError(
    TaskErrorKind Kind,
    string ExceptionType,
    string Message,
    string RemoteStack,
    string Key,
    string Worker);
