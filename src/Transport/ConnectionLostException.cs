using System.Net.Sockets;

namespace TaskGraph.Transport;

/// <summary>A connection that could not be made, or ended without being closed in order.</summary>
public class ConnectionLostException : TaskGraphException
{
    /// <summary>Names the other side and says why the connection to it is gone.</summary>
    public ConnectionLostException(Address peer, string reason, Exception? innerException = null)
        : this($"The connection to {peer} is lost: {reason}", innerException) => Reason = reason;

    /// <summary>An exception with a message of its own.</summary>
    protected internal ConnectionLostException(string message, Exception? innerException)
        : base(message, innerException) => Reason = message;

    /// <summary>Why, without the address.</summary>
    public string Reason { get; }

    /// <summary>Whether the other machine has answered that nobody listens at that address.</summary>
    public bool IsRefused => InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
}
