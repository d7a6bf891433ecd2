namespace TaskGraph;

/// <summary>
/// Thrown by a task's function to be run again, here or on another worker, where the scheduler sees fit then: the input
/// is not ready, say, or this machine lacks something. It costs no retry. What the function did before is done again.
/// </summary>
public sealed class RescheduleException : TaskGraphException
{
    /// <summary>To be run again.</summary>
    public RescheduleException()
        : base("The task asked to be scheduled again.")
    {
    }
}
