namespace TaskGraph;

/// <summary>The bytes of a function do not describe one, or not one that this worker's assemblies can run.</summary>
public sealed class MalformedFunctionException : TaskGraphException
{
    /// <summary>Says what is wrong with the bytes.</summary>
    public MalformedFunctionException(string reason, Exception? inner = null)
        : base($"The function cannot be loaded: {reason}.", inner)
    {
    }
}
