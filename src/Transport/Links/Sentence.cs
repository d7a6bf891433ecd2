using System.Net.Sockets;

namespace TaskGraph.Transport.Links;

/// <summary>The words for what went wrong below a connection.</summary>
internal static class Sentence
{
    /// <summary>What the operating system says, without the full stop.</summary>
    public static string Of(Exception error) => error switch
    {
        IOException { InnerException: SocketException inner } => Of(inner),
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nothing listens there",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "the other side cut it (connection reset)",
        SocketException { SocketErrorCode: SocketError.Shutdown or SocketError.ConnectionAborted } =>
            "the other side has closed it",
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "the address is already in use",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            "the host name is unknown",
        _ => error.Message.TrimEnd('.'),
    };
}
