using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TaskGraph.Transport.Frames;

namespace TaskGraph.Transport.Links;

/// <summary>
/// The byte stream below a connection. A plain TCP socket is used directly where it can gather buffers in one send;
/// any other stream (in-process, encrypted) gets one write per buffer.
/// </summary>
internal sealed class Link : IDisposable
{
    /// <summary>Buffers up to this size are gathered; a larger one is worth a send of its own.</summary>
    private const int MaxGatheredBytes = 256 << 10;

    private const int MaxGatheredBuffers = 64;

    private readonly Socket? _socket;
    private readonly BulkLane? _bulk;
    private readonly DirectLane? _direct;
    private readonly List<ArraySegment<byte>> _gathered = [];
    private int _gatheredBytes;

    /// <param name="stream">The stream.</param>
    /// <param name="socket">The socket below it, if it is plain TCP.</param>
    /// <param name="remote">The other side.</param>
    /// <param name="receivesOnCallingThread">Whether receives, which have a thread of their own, wait in the system call.</param>
    public Link(Stream stream, Socket? socket, Address remote, bool receivesOnCallingThread = false)
    {
        Stream = stream;
        _socket = socket;
        _direct = socket is not null && receivesOnCallingThread ? new DirectLane(socket) : null;
        _bulk = socket is not null && SocketTuning.IsLoopback(socket) ? new BulkLane(socket) : null;
        Remote = remote;
    }

    /// <summary>The stream.</summary>
    public Stream Stream { get; }

    /// <summary>The other side.</summary>
    public Address Remote { get; }

    /// <summary>Asks for larger buffers in the operating system, for bulk data.</summary>
    public void PrepareForBulk()
    {
        if (_socket is not null)
            SocketTuning.ForBulk(_socket);
    }

    /// <summary>Receives at least one byte; 0 = the other side has closed.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) =>
        _direct is not null && !cancellationToken.CanBeCanceled ? new ValueTask<int>(_direct.Receive(into.Span))
        : _bulk is not null && into.Length >= BulkLane.LeastBytes
            ? _bulk.ReceiveAsync(into, cancellationToken)
            : Stream.ReadAsync(into, cancellationToken);

    /// <summary>
    /// Receives during the handshake, when nobody has given a thread yet: one is made for that moment, as those of the pool
    /// must not be kept waiting.
    /// </summary>
    public async ValueTask<int> ReceiveFirstAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_direct is not null)
            await WaitOnThreadAsync(cancellationToken).ConfigureAwait(false);
        return await Stream.ReadAsync(into, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends sealed frames with their attachments, in order.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(FrameBatch batch, CancellationToken cancellationToken)
    {
        var bytes = batch.Memory;
        var sent = 0;
        for (var i = 0; i < batch.Frames.Count; i++)
        {
            var frame = batch.Frames[i];
            if (frame.Attachments is null)
                continue;
            await GatherAsync(bytes[sent..frame.End], cancellationToken).ConfigureAwait(false);
            sent = frame.End;
            foreach (var attachment in frame.Attachments)
                await GatherAsync(attachment, cancellationToken).ConfigureAwait(false);
        }

        if (_gathered.Count > 0)
        {
            await GatherAsync(bytes[sent..], cancellationToken).ConfigureAwait(false);
            await SendGatheredAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (sent < bytes.Length)
        {
            await WriteAsync(bytes[sent..], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends bytes as they are.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _direct is not null ? _direct.SendAsync(bytes) : Stream.WriteAsync(bytes, cancellationToken);

    /// <summary>Tells the other side that nothing more will be sent.</summary>
    public void ShutdownSend()
    {
        try
        {
            _socket?.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side was faster.
        }

        (Stream as InProcessStream)?.CompleteWriting();
    }

    /// <summary>Closes the stream; reads and writes under way fail.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        _socket?.Dispose();
    }

    private async Task WaitOnThreadAsync(CancellationToken cancellationToken)
    {
        // Nothing else ends the wait early.
        using var early = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), _socket);
        await OwnThread.Run(() => _socket!.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async ValueTask GatherAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
            return;
        if (_socket is not null && buffer.Length <= MaxGatheredBytes
            && MemoryMarshal.TryGetArray(buffer, out var segment))
        {
            _gathered.Add(segment);
            _gatheredBytes += segment.Count;
            if (_gathered.Count >= MaxGatheredBuffers || _gatheredBytes >= MaxGatheredBytes)
                await SendGatheredAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await SendGatheredAsync(cancellationToken).ConfigureAwait(false);
        if (_bulk is not null && _direct is null && buffer.Length >= BulkLane.LeastBytes)
            await _bulk.SendAsync(buffer, cancellationToken).ConfigureAwait(false);
        else
            await WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendGatheredAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (_gathered.Count > 0)
        {
            var sent = _direct is not null
                ? await _direct.SendAsync(_gathered).ConfigureAwait(false)
                : await _socket!.SendAsync(_gathered, SocketFlags.None).ConfigureAwait(false);
            DropGathered(sent);
        }
    }

    private void DropGathered(int sent)
    {
        _gatheredBytes -= sent;
        var whole = 0;
        while (whole < _gathered.Count && sent >= _gathered[whole].Count)
            sent -= _gathered[whole++].Count;
        _gathered.RemoveRange(0, whole);
        if (sent > 0)
            _gathered[0] = _gathered[0][sent..];
    }
}
