namespace TaskGraph.Transport;

/// <summary>A text that is no address.</summary>
public sealed class AddressException : TaskGraphException
{
    /// <summary>Says what is wrong with <paramref name="text"/> and how addresses look.</summary>
    public AddressException(string text, string reason)
        : base($"'{text}' is no address: {reason}. Addresses look like tcp://host:8786, host:8786 or inproc://name.")
    {
    }
}
