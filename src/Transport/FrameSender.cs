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
    private readonly FrameLedger _ledger;
    private readonly int _maxFrameBytes;
    private readonly bool _checksAttachments;

    /// <summary>Null when the session cannot be resumed.</summary>
    private readonly SentFrames? _sent;

    private SenderSignal _signal = new();
    private Link _link;
    private Task _loop;
    private FrameBatch _pending;
    private FrameBatch _spare;
    private long _pendingBytes;
    private long _bytesSent;
    private bool _running;
    private bool _flushed;
    private bool _closed;

    /// <summary>The link is gone; what is written waits for the next one.</summary>
    private bool _suspended;

    public FrameSender(Link link, FrameLedger ledger, ConnectionOptions options, bool isResumable)
    {
        _sent = isResumable ? new SentFrames() : null;
        _checksAttachments = options.CheckAttachments;
        _link = link;
        _ledger = ledger;
        _maxFrameBytes = options.MaxFrameBytes;
        _pending = NewBatch();
        _spare = NewBatch();
        _loop = Start([]);
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
            if (_running || _suspended)
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

    /// <summary>The link is gone: nothing is sent until <see cref="ResumeAsync"/>; what is written is kept.</summary>
    public void Suspend()
    {
        lock (_gate)
            _suspended = true;
        Wake();
    }

    /// <summary>Whether all frames after <paramref name="peerReceived"/> can still be sent.</summary>
    public bool CanResume(uint peerReceived)
    {
        lock (_gate)
            return !_closed && _sent is not null && _sent.CanReplayAfter(peerReceived);
    }

    /// <summary>
    /// Goes on over a new link: first what the other side, which has all up to <paramref name="peerReceived"/>, lacks.
    /// </summary>
    public async Task ResumeAsync(Link link, uint peerReceived)
    {
        await _loop.ConfigureAwait(false);
        lock (_gate)
        {
            _ledger.Resume(peerReceived);
            _sent!.Prune(peerReceived, sending: null);
            _link = link;
            _signal = new SenderSignal();
            _suspended = false;
            _running = true;
            _flushed = true;
            _loop = Start(_sent.After(peerReceived));
        }

        _signal.Set(onThisThread: false);
    }

    private FrameBatch NewBatch() => new() { CheckAttachments = _checksAttachments };

    // Without the creator's ambient values: the loop outlives whatever they belong to.
    private Task Start(ReadOnlyMemory<byte>[] replay)
    {
        using (ExecutionContext.SuppressFlow())
            return RunAsync(_link, _signal, replay);
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

    private async Task RunAsync(Link link, SenderSignal signal, ReadOnlyMemory<byte>[] replay)
    {
        try
        {
            while (true)
            {
                await signal.WaitAsync().ConfigureAwait(false);
                foreach (var frames in replay)
                    await link.WriteAsync(frames, CancellationToken.None).ConfigureAwait(false);
                replay = [];
                while (TakePending() is { } batch)
                {
                    await link.SendAsync(batch, CancellationToken.None).ConfigureAwait(false);
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
                Break(Sentence.Of(e));
            link.Dispose();
        }
    }

    private FrameBatch? TakePending()
    {
        lock (_gate)
        {
            if (!_flushed || _pending.IsEmpty || _suspended)
                return null;
            _flushed = false;
            var batch = _pending;
            _pending = _spare;

            // Numbered before anybody can ask what would have to be replayed.
            batch.Seal(_ledger);
            if (_sent is not null)
            {
                _sent.Keep(batch);
                _sent.Prune(_ledger.Acknowledged, sending: batch);
                _spare = _sent.TakeSpare() ?? NewBatch();
            }

            return batch;
        }
    }

    private void Sent(FrameBatch batch)
    {
        var bytes = batch.Bytes;
        if (_sent is null)
            batch.Clear();
        lock (_gate)
        {
            if (_sent is null)
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
            if (_suspended || (_closed && _pending.IsEmpty))
                return true;
            _signal.Reset();
            if (_flushed && !_pending.IsEmpty)
                _signal.Set(onThisThread: false);
            else
                _running = false;
            return false;
        }
    }

    /// <summary>The link has failed: the end, unless the session can be resumed.</summary>
    private void Break(string reason)
    {
        if (_sent is null || _closed)
            Fail(reason);
        else
            _suspended = true;
        Volatile.Write(ref _pendingBytes, _pending.Bytes);
    }

    private void Fail(string reason)
    {
        Failure ??= reason;
        _closed = true;
        _pending.Clear();
        if (_loop.IsCompleted)
            _sent?.Clear();
        Volatile.Write(ref _pendingBytes, 0);
    }
}
