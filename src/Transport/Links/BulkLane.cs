using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace TaskGraph.Transport.Links;

/// <summary>
/// Moves large buffers between processes of one machine. While the other side keeps up, the calling thread waits in the system call for
/// the next part instead of leaving the thread and coming back on another: a change of threads costs as much as moving
/// a hundred kilobytes. It does so in slices, between which whoever else wants the thread has it, and no longer than a
/// moment for a side that is slow.
/// </summary>
internal sealed class BulkLane(Socket socket)
{
    /// <summary>Smaller buffers are not worth it.</summary>
    public const int LeastBytes = 1 << 20;

    private const int SliceBytes = 2 << 20;

    // What a writable socket takes without blocking.
    private const int PieceBytes = 64 << 10;

    // The least that polling knows: it counts in milliseconds.
    private const int PatienceUs = 1000;

    /// <summary>Receives at least one byte, unless the other side has closed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var received = ReceiveSlice(into.Span);
        if (received == 0)
            return await socket.ReceiveAsync(into, SocketFlags.None, cancellationToken).ConfigureAwait(false);
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
                sent = await socket.SendAsync(slice, SocketFlags.None, cancellationToken).ConfigureAwait(false);
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
        var received = 0;
        var most = Math.Min(into.Length, SliceBytes);
        while (received < most && socket.Poll(PatienceUs, SelectMode.SelectRead))
        {
            var count = socket.Receive(into[received..most]);
            if (count == 0)
                break;
            received += count;
        }

        return received;
    }

    private int SendSlice(ReadOnlySpan<byte> buffer)
    {
        var sent = 0;
        var most = Math.Min(buffer.Length, SliceBytes);
        while (sent < most && socket.Poll(PatienceUs, SelectMode.SelectWrite))
            sent += socket.Send(buffer.Slice(sent, Math.Min(PieceBytes, most - sent)));
        return sent;
    }
}
