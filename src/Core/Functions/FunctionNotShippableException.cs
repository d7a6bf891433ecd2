namespace TaskGraph;

/// <summary>A delegate cannot travel to a worker; thrown at submit, before anything is sent.</summary>
public sealed class FunctionNotShippableException : TaskGraphException
{
    /// <summary>Says what cannot travel, why, and what to do instead.</summary>
    public FunctionNotShippableException(string path, string reason, string fix, Exception? inner = null)
        : base($"{path} cannot be sent to a worker: {reason}. {fix}.", inner)
    {
        Path = path;
        Fix = fix;
    }

    /// <summary>The function, or the captured field (<c>closure.counter</c>), that cannot travel.</summary>
    public string Path { get; }

    /// <summary>What to do instead.</summary>
    public string Fix { get; }
}
