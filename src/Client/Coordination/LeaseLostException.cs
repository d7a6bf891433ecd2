namespace TaskGraph;

/// <summary>
/// A lease of a lock or semaphore has ended before it was given back: somebody else may hold it now, or have held it.
/// </summary>
public sealed class LeaseLostException : TaskGraphException
{
    internal LeaseLostException(string label, long token)
        : base($"The lease {token} of {label} has ended before it was given back: it was not renewed in time. "
            + "What was done under it since then may have met what the next holder did; pass the lease's token along "
            + "with every write, or make the lease longer.")
    {
        Label = label;
        Token = token;
    }

    /// <summary>Kind and name of what was held.</summary>
    public string Label { get; }

    /// <summary>The fencing token of the lease.</summary>
    public long Token { get; }
}
