using System.Net.Sockets;

namespace TaskGraph.Transport.Links;

/// <summary>The socket options of all connections.</summary>
internal static class SocketTuning
{
    private const int BufferBytes = 256 << 10;
    private const int BulkBufferBytes = 1 << 20;

    /// <summary>For every connection: small messages leave at once.</summary>
    public static void ForMessages(Socket socket)
    {
        socket.NoDelay = true;
        RaiseBuffers(socket, BufferBytes);
    }

    /// <summary>For connections that carry data.</summary>
    public static void ForBulk(Socket socket) => RaiseBuffers(socket, BulkBufferBytes);

    /// <summary>Never lowers a buffer: a size once set by hand is no longer adapted by the operating system.</summary>
    private static void RaiseBuffers(Socket socket, int bytes)
    {
        if (socket.SendBufferSize < bytes)
            socket.SendBufferSize = bytes;
        if (socket.ReceiveBufferSize < bytes)
            socket.ReceiveBufferSize = bytes;
    }
}
