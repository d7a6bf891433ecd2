namespace TaskGraph.Transport;

/// <summary>Bytes that break the rules of the protocol; the connection that they came on is cut.</summary>
public sealed class ProtocolException : ConnectionLostException
{
    /// <summary>Says which rule was broken.</summary>
    public ProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
