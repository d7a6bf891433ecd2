using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph.Transport.Links;

/// <summary>
/// Moves large buffers between processes of one machine. While the other side keeps up, the calling thread waits in the system call for
/// the next part instead of leaving the thread and coming back on another: a change of threads costs as much as moving
/// a hundred kilobytes. It does so in slices, between which whoever else wants the thread has it, and no longer than a
/// moment for a side that is slow.
/// </summary>
internal sealed class BulkLane
{
    /// <summary>Smaller buffers are not worth it.</summary>
    public const int LeastBytes = 1 << 20;

    private const int SliceBytes = 2 << 20;

    // A receiver that is woken for less empties the socket as fast as it is filled, and is woken for every packet.
    private const int PieceBytes = 128 << 10;

    // SOL_SOCKET and SO_RCVLOWAT of Linux: the framework has no name for them.
    private const int SocketLevel = 1;
    private const int ReceiveLowWater = 18;

    // The least that polling knows: it counts in milliseconds.
    private const int PatienceUs = 1000;

    private readonly Socket _socket;

    /// <summary>Takes over a connected socket; a stream over it must be there already.</summary>
    public BulkLane(Socket socket)
    {
        _socket = socket;

        // A send takes as much as fits, and no more; otherwise it would have to be told how much that is.
        socket.Blocking = false;
    }

    /// <summary>Receives at least one byte, unless the other side has closed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var received = ReceiveSlice(into.Span);
        if (received == 0)
            return await _socket.ReceiveAsync(into, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        await Task.Yield();
        return received;
    }

    /// <summary>Sends all of it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var sent = SendSlice(buffer.Span);
            if (sent == 0)
            {
                var slice = buffer[..Math.Min(buffer.Length, SliceBytes)];
                sent = await _socket.SendAsync(slice, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await Task.Yield();
            }

            buffer = buffer[sent..];
        }
    }

    /// <summary>What comes without a break; 0 = nothing does, or the other side has closed.</summary>
    private int ReceiveSlice(Span<byte> into)
    {
        var most = Math.Min(into.Length, SliceBytes);
        WakeAt(PieceBytes);
        try
        {
            return ReceiveSlice(into, most);
        }
        finally
        {
            WakeAt(1);
        }
    }

    private int ReceiveSlice(Span<byte> into, int most)
    {
        var received = 0;

        // The rest comes to less than what the socket waits for: it is for the next call.
        while (most - received >= PieceBytes && _socket.Poll(PatienceUs, SelectMode.SelectRead))
        {
            var count = _socket.Receive(into[received..most], SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                throw new SocketException((int)error);
            if (count == 0)
                break;
            received += count;
        }

        return received;
    }

    /// <summary>How many bytes must be there for the socket to count as readable.</summary>
    private void WakeAt(int bytes)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Span<byte> value = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(value, bytes);
        _socket.SetRawSocketOption(SocketLevel, ReceiveLowWater, value);
    }

    private int SendSlice(ReadOnlySpan<byte> buffer)
    {
        var sent = 0;
        var most = Math.Min(buffer.Length, SliceBytes);
        while (sent < most && _socket.Poll(PatienceUs, SelectMode.SelectWrite))
        {
            sent += _socket.Send(buffer[sent..most], SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                throw new SocketException((int)error);
        }

        return sent;
    }
}
