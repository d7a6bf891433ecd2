using System.Net.Sockets;

namespace TaskGraph.Transport.Links;

/// <summary>
/// Moves bytes without the runtime's own thread for sockets. Once an asynchronous operation has waited, that thread and one of
/// the pool are woken by whatever comes, for as long as the socket lives: what has to wait waits in the system call.
/// </summary>
internal sealed class DirectLane
{
    private readonly Socket _socket;

    /// <summary>Takes over a connected socket; a stream over it must be there already.</summary>
    public DirectLane(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    /// <summary>Waits for at least one byte; 0 = the other side has closed.</summary>
    public int Receive(Span<byte> into)
    {
        while (true)
        {
            _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
            var received = _socket.Receive(into, SocketFlags.None, out var error);
            if (error == SocketError.Success)
                return received;
            if (error != SocketError.WouldBlock)
                throw new SocketException((int)error);
        }
    }

    /// <summary>Sends all of it: what the socket takes at once on the calling thread, the rest on one of its own.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        bytes = bytes[Checked(_socket.Send(bytes.Span, SocketFlags.None, out var error), error)..];
        return bytes.IsEmpty ? ValueTask.CompletedTask : new ValueTask(OwnThread.Run(() => SendWaiting(bytes)));
    }

    /// <summary>Sends at least one byte of several buffers.</summary>
    /// <returns>How many were sent.</returns>
    public ValueTask<int> SendAsync(IList<ArraySegment<byte>> buffers)
    {
        var sent = Checked(_socket.Send(buffers, SocketFlags.None, out var error), error);
        return sent > 0 ? new ValueTask<int>(sent) : new ValueTask<int>(OwnThread.Run(() => SendWaiting(buffers[0])));
    }

    private int SendWaiting(ReadOnlyMemory<byte> bytes)
    {
        var length = bytes.Length;
        while (!bytes.IsEmpty)
        {
            _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectWrite);
            bytes = bytes[Checked(_socket.Send(bytes.Span, SocketFlags.None, out var error), error)..];
        }

        return length;
    }

    private static int Checked(int sent, SocketError error) =>
        error is SocketError.Success or SocketError.WouldBlock ? sent : throw new SocketException((int)error);
}
