using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>Why a future has no value; turned into an exception for everybody who asks.</summary>
internal abstract record FutureFailure
{
    /// <summary>
    /// The exception for the task named <paramref name="key"/>: a new one each time, for its own stack.
    /// </summary>
    public abstract Exception ToException(string key);

    /// <param name="Error">What the worker said. A task without a name of its own is named there by its id.</param>
    /// <param name="Task">The task whose future failed.</param>
    public sealed record Failed(TaskError Error, TaskId Task) : FutureFailure
    {
        public override Exception ToException(string key)
        {
            var error = Error.Key.EndsWith($"-{Task}", StringComparison.Ordinal) ? Error with { Key = key } : Error;
            return error.Kind == TaskErrorKind.ActorLost
                ? new ActorLostException(error.Key, error.Message)
                : new TaskFailedException(error, key);
        }
    }

    public sealed record Cancelled(string Reason) : FutureFailure
    {
        public override Exception ToException(string key) => new TaskCancelledException(key, Reason);
    }

    public sealed record Lost(string Reason) : FutureFailure
    {
        public override Exception ToException(string key) => new TaskLostException(key, Reason);
    }

    public sealed record Refused(string Reason, RefusalKind Kind = RefusalKind.None) : FutureFailure
    {
        public override Exception ToException(string key) => Kind == RefusalKind.KeyConflict
            ? new KeyConflictException(key, Reason)
            : new SubmissionRefusedException(key, Reason);
    }

    public sealed record SchedulerLost(string Address, string Reason) : FutureFailure
    {
        public override Exception ToException(string key) => new SchedulerLostException(Address, Reason);
    }
}
