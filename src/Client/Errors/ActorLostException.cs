namespace TaskGraph;

/// <summary>
/// An actor is gone: its worker died, or nobody held its future any more. Calls that were under way may have been
/// carried out or not. It is not made anew by itself: retry its future, or make another.
/// </summary>
public sealed class ActorLostException : TaskGraphException
{
    internal ActorLostException(string key, string reason)
        : base($"The actor {key} is lost: {reason}")
    {
        Key = key;
        Reason = reason;
    }

    /// <summary>The key of the task that created the actor.</summary>
    public string Key { get; }

    /// <summary>What happened to it.</summary>
    public string Reason { get; }
}
