namespace TaskGraph.Transport;

/// <summary>An address that cannot be listened on.</summary>
public class ListenException : TaskGraphException
{
    /// <summary>Says why <paramref name="address"/> cannot be listened on.</summary>
    public ListenException(Address address, string reason, Exception? innerException = null)
        : base($"Cannot listen on {address}: {reason}", innerException)
    {
    }
}

/// <summary>An address that other machines could reach, while nothing yet protects what listens there.</summary>
public sealed class InsecureListenException : ListenException
{
    /// <summary>Names the address and the two ways out.</summary>
    public InsecureListenException(Address address)
        : base(address, "whoever can reach it could run code on this machine, as there is neither encryption nor a "
            + "password. Use 127.0.0.1, or type --insecure if you trust the whole network.")
    {
    }
}
