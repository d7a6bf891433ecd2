using System.Net;
using System.Net.Sockets;

namespace TaskGraph.Transport.Links;

/// <summary>The socket options of all connections.</summary>
internal static class SocketTuning
{
    private const int BufferBytes = 256 << 10;
    private const int BulkBufferBytes = 1 << 20;

    /// <summary>
    /// A peer whose machine is gone is noticed after 30 s, with something to send or without: (10 + 4 × 5) s of probes
    /// that nobody answers, or bytes that nobody acknowledges. Heartbeats notice more, sooner, where there are any.
    /// </summary>
    private const int ProbeAfterSeconds = 10;
    private const int ProbeEverySeconds = 5;
    private const int Probes = 4;
    private const int UnacknowledgedMs = 30_000;

    // From linux/tcp.h: the framework has no name for it.
    private const int TcpUserTimeout = 18;

    /// <summary>For every connected socket: small messages leave at once, and a peer that is gone is noticed.</summary>
    public static void ForMessages(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
            NoticeLoss(socket);
        }

        if (IsLoopback(socket))
        {
            // Both ends share the processor's cache: what fits into it moves twice as fast as through the megabytes
            // that the system would choose (measured: 5 against 2.5 GB/s).
            socket.SendBufferSize = BufferBytes;
            socket.ReceiveBufferSize = BufferBytes;
        }
        else
        {
            RaiseBuffers(socket, BufferBytes);
        }
    }

    /// <summary>For connections that carry data.</summary>
    public static void ForBulk(Socket socket)
    {
        if (!IsLoopback(socket))
            RaiseBuffers(socket, BulkBufferBytes);
    }

    /// <summary>Whether both ends are on this machine.</summary>
    public static bool IsLoopback(Socket socket) =>
        socket.AddressFamily == AddressFamily.Unix
        || socket.RemoteEndPoint is IPEndPoint { Address: var address }
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static void NoticeLoss(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeAfterSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeEverySeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes(UnacknowledgedMs));
    }

    /// <summary>Never lowers a buffer: a size once set by hand is no longer adapted by the operating system.</summary>
    private static void RaiseBuffers(Socket socket, int bytes)
    {
        if (socket.SendBufferSize < bytes)
            socket.SendBufferSize = bytes;
        if (socket.ReceiveBufferSize < bytes)
            socket.ReceiveBufferSize = bytes;
    }
}
