using TaskGraph.Messages;
using TaskGraph.Transport.Frames;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>
/// The sending half of a connection. Messages gather in one batch while another is on its way; one loop sends batch
/// after batch, each with one write. The loop starts on the thread that flushes, as a socket takes what fits without
/// blocking, unless there is so much that copying it into the socket would keep that thread.
/// </summary>
internal sealed class FrameSender
{
    private const int MaxInlineBytes = 64 << 10;

    /// <summary>A peer that lets so many encoded bytes pile up is not reading: it is given up.</summary>
    private const long MaxPiledUpBytes = 1L << 30;

    private readonly Lock _gate = new();
    private readonly SenderSignal _signal = new();
    private readonly Link _link;
    private readonly FrameLedger _ledger;
    private readonly int _maxFrameBytes;
    private readonly Task _loop;
    private FrameBatch _pending;
    private FrameBatch _spare;
    private long _pendingBytes;
    private long _bytesSent;
    private bool _running;
    private bool _flushed;
    private bool _closed;

    public FrameSender(Link link, FrameLedger ledger, ConnectionOptions options)
    {
        _link = link;
        _ledger = ledger;
        _maxFrameBytes = options.MaxFrameBytes;
        _pending = new FrameBatch { CheckAttachments = options.CheckAttachments };
        _spare = new FrameBatch { CheckAttachments = options.CheckAttachments };

        // Without the creator's ambient values: the loop outlives whatever they belong to.
        using (ExecutionContext.SuppressFlow())
            _loop = RunAsync();
    }

    /// <summary>Bytes written and not yet taken by the stream.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Bytes taken by the stream.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Why sending ended, null while it has not failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>Encodes a message into the batch; ignored once the connection is closed or lost.</summary>
    public void Add(Message message)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            Volatile.Write(ref _pendingBytes, _pendingBytes + _pending.Add(message, _maxFrameBytes));
            if (_pending.Memory.Length <= MaxPiledUpBytes)
                return;
            Fail($"it has not been reading while {_pending.Bytes:N0} bytes piled up for it");
            _link.Dispose();
        }
    }

    /// <summary>Starts the loop unless it runs already, in which case it will come to what is pending now.</summary>
    public void Flush()
    {
        bool onThisThread;
        lock (_gate)
        {
            if (_closed || _pending.IsEmpty)
                return;
            _flushed = true;
            if (_running)
                return;
            _running = true;
            onThisThread = _pending.Bytes <= MaxInlineBytes;
        }

        _signal.Set(onThisThread);
    }

    /// <summary>Sends what is pending and the closing frame, and ends the loop.</summary>
    /// <returns>Whether all of it was taken by the stream in time.</returns>
    public async Task<bool> FinishAsync(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _pending.AddClosing();
                _closed = true;
            }
        }

        Wake();
        try
        {
            await _loop.WaitAsync(timeout).ConfigureAwait(false);
            return Failure is null;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Drops what is pending and ends the loop; a send under way ends when the stream is closed.</summary>
    public void Cancel(string reason)
    {
        lock (_gate)
            Fail(reason);
        Wake();
    }

    private void Wake()
    {
        lock (_gate)
        {
            _flushed = true;
            if (_running)
                return;
            _running = true;
        }

        _signal.Set(onThisThread: false);
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync().ConfigureAwait(false);
                while (TakePending() is { } batch)
                {
                    batch.Seal(_ledger);
                    await _link.SendAsync(batch, CancellationToken.None).ConfigureAwait(false);
                    Sent(batch);
                }

                if (Rest())
                    return;
            }
        }
        catch (Exception e)
        {
            // Whatever it was, nothing can be sent any more; the receiving half reports it.
            lock (_gate)
                Fail(Sentence.Of(e));
        }
    }

    private FrameBatch? TakePending()
    {
        lock (_gate)
        {
            if (!_flushed || _pending.IsEmpty)
                return null;
            _flushed = false;
            var batch = _pending;
            _pending = _spare;
            return batch;
        }
    }

    private void Sent(FrameBatch batch)
    {
        var bytes = batch.Bytes;
        batch.Clear();
        lock (_gate)
        {
            _spare = batch;
            Volatile.Write(ref _bytesSent, _bytesSent + bytes);
            Volatile.Write(ref _pendingBytes, Math.Max(0, _pendingBytes - bytes));
        }
    }

    /// <summary>Makes ready to be woken again, unless more has come or the end is reached.</summary>
    /// <returns>Whether the end is reached.</returns>
    private bool Rest()
    {
        lock (_gate)
        {
            if (_closed && _pending.IsEmpty)
                return true;
            _signal.Reset();
            if (_flushed && !_pending.IsEmpty)
                _signal.Set(onThisThread: false);
            else
                _running = false;
            return false;
        }
    }

    private void Fail(string reason)
    {
        Failure ??= reason;
        _closed = true;
        _pending.Clear();
        Volatile.Write(ref _pendingBytes, 0);
    }
}
