using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace TaskGraph.Transport.Links;

/// <summary>One end of a two-way byte stream in memory, with back-pressure as a socket has it.</summary>
internal sealed class InProcessStream : Stream
{
    private static readonly PipeOptions s_options = new(
        pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);

    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private readonly Lock _reading = new();
    private readonly Lock _writing = new();
    private bool _disposed;
    private bool _written;

    private InProcessStream(PipeReader reader, PipeWriter writer)
    {
        _reader = reader;
        _writer = writer;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Two ends that are connected with each other.</summary>
    public static (InProcessStream One, InProcessStream Other) Pair()
    {
        var there = new Pipe(s_options);
        var back = new Pipe(s_options);
        return (new InProcessStream(there.Reader, back.Writer), new InProcessStream(back.Reader, there.Writer));
    }

    /// <summary>The other end reads to here, and then its end.</summary>
    public void CompleteWriting()
    {
        lock (_writing)
        {
            if (_written)
                return;
            _written = true;
            _writer.CancelPendingFlush();
            _writer.Complete();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _disposed))
            throw Closed();
        ReadResult result;
        try
        {
            result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            throw Closed(e);
        }

        lock (_reading)
        {
            if (_disposed)
                throw Closed();
            var available = result.Buffer;
            var taken = available.Slice(0, Math.Min(available.Length, buffer.Length));
            var count = (int)taken.Length;
            taken.CopyTo(buffer.Span);
            _reader.AdvanceTo(taken.End);
            return count;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // In pieces: a pipe takes all it is given into memory before it makes the writer wait.
        const int Piece = 256 << 10;
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, Piece)];
            ValueTask<FlushResult> written;
            lock (_writing)
            {
                if (_written)
                    throw Closed();
                written = _writer.WriteAsync(piece, cancellationToken);
            }

            var result = await written.ConfigureAwait(false);
            if (result.IsCompleted || result.IsCanceled)
                throw Closed();
            buffer = buffer[piece.Length..];
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        CompleteWriting();
        lock (_reading)
        {
            if (_disposed)
                return;
            _disposed = true;
            _reader.CancelPendingRead();
            _reader.Complete();
        }

        base.Dispose(disposing);
    }

    private static IOException Closed(Exception? inner = null) => new("the other side has closed it", inner);
}
