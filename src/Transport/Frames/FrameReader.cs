using System.Buffers;
using System.Runtime.InteropServices;
using TaskGraph.Messages;

namespace TaskGraph.Transport.Frames;

/// <summary>
/// Turns bytes as they arrive into messages, knowing no stream: the caller puts bytes into <see cref="GetMemory"/>,
/// calls <see cref="Advance"/>, and takes what is complete. Every declared length is checked before memory is made
/// for it. An error is final.
/// </summary>
internal sealed class FrameReader
{
    private FrameLedger _ledger;
    private readonly ReceiveBuffer _buffer = new();
    private FrameLimits _limits = FrameLimits.Handshake;
    private IncomingAttachments? _attachments;
    private ProtocolException? _error;
    private bool _magicSeen;
    private int _frameBytes = FrameHeader.Size;

    public FrameReader(FrameLedger ledger) => _ledger = ledger;

    /// <summary>Whether the sender has said that nothing will follow.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether bytes of an unfinished frame have arrived.</summary>
    public bool IsInsideFrame => _attachments is not null || _buffer.Count > 0;

    /// <summary>From here on the peer may send frames up to <paramref name="limits"/>.</summary>
    public void Raise(FrameLimits limits) => _limits = limits;

    /// <summary>What follows the handshake belongs to a session that has frames already.</summary>
    public void Resume(FrameLedger ledger) => _ledger = ledger;

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> GetMemory() =>
        _attachments is { } attachments ? attachments.Free : _buffer.GetMemory(_frameBytes);

    /// <summary>Notes that <paramref name="count"/> bytes have been written to <see cref="GetMemory"/>.</summary>
    public void Advance(int count)
    {
        if (_attachments is { } attachments)
            attachments.Advance(count);
        else
            _buffer.Advance(count);
    }

    /// <summary>Gives the buffer back; nothing may be read any more.</summary>
    public void Release() => _buffer.Release();

    /// <summary>Appends the messages of every frame that is complete.</summary>
    /// <returns>Whether at least one frame was complete.</returns>
    /// <exception cref="ProtocolException">
    /// The bytes break the protocol; frames before them are handed out first.
    /// </exception>
    public bool Take(List<Message> into) => Take(into, int.MaxValue);

    /// <summary>As <see cref="Take(List{Message})"/>, but at most one frame.</summary>
    public bool TakeOne(List<Message> into) => Take(into, 1);

    private bool Take(List<Message> into, int maxFrames)
    {
        if (_error is not null)
            throw _error;
        var taken = 0;
        var count = into.Count;
        try
        {
            while (taken < maxFrames && !IsClosed && TryTakeFrame(into))
            {
                taken++;
                count = into.Count;
            }
        }
        catch (ProtocolException error)
        {
            _error = error;
            CollectionsMarshal.SetCount(into, count);
            if (taken == 0)
                throw;
        }

        return taken > 0;
    }

    private bool TryTakeFrame(List<Message> into)
    {
        if (_attachments is null)
        {
            if (!_magicSeen && !TryTakeMagic())
                return false;
            if (!TryTakeBody(into))
                return false;
            if (_attachments is null)
                return true;
        }

        while (true)
        {
            if (_attachments.TryComplete() is { } message)
            {
                into.Add(message);
                _attachments = null;
                return true;
            }

            var moved = _buffer.MoveTo(_attachments.Free.Span);
            if (moved == 0)
                return false;
            _attachments.Advance(moved);
        }
    }

    private bool TryTakeMagic()
    {
        if (!Magic.Fits(_buffer.Span))
            throw new ProtocolException("The other side does not speak TaskGraph's protocol.");
        if (_buffer.Count < Magic.Bytes.Length)
            return false;
        _buffer.Consume(Magic.Bytes.Length);
        _magicSeen = true;
        return true;
    }

    /// <summary>Takes header and body of the next frame, and the messages if no attachments follow.</summary>
    private bool TryTakeBody(List<Message> into)
    {
        if (_buffer.Count < FrameHeader.Size)
        {
            _frameBytes = FrameHeader.Size;
            return false;
        }

        var header = FrameHeader.Read(_buffer.Span);
        CheckHeader(header);
        _frameBytes = FrameHeader.Size + (int)header.Length;
        if (_buffer.Count < _frameBytes)
            return false;

        var frame = _buffer.Span[.._frameBytes];
        if (FrameHeader.ChecksumOf(frame) != header.Checksum)
            throw new ProtocolException($"Frame {header.Sequence} does not match its checksum.");
        if (!_ledger.IsOpen)
            _ledger.Open(header.Session);
        if (_ledger.Received(header))
            Decode(header, frame[FrameHeader.Size..], into);
        else if (header.AttachmentCount > 0)
            throw new ProtocolException($"Frame {header.Sequence} is repeated with attachments, which are never sent again.");
        _buffer.Consume(_frameBytes);
        _frameBytes = FrameHeader.Size;
        return true;
    }

    private void CheckHeader(in FrameHeader header)
    {
        if (header.Layout != FrameHeader.CurrentLayout)
            throw new ProtocolException($"A frame has layout {header.Layout}; known is {FrameHeader.CurrentLayout}.");
        if ((header.Flags & ~FrameHeader.KnownFlags) != 0)
            throw new ProtocolException($"A frame has flags {(ushort)header.Flags:x4}, not all of which are known.");
        if (header.Length > (uint)_limits.MaxFrameBytes)
        {
            throw new ProtocolException(
                $"A frame announces {header.Length:N0} bytes; at most {_limits.MaxFrameBytes:N0} may come.");
        }
    }

    private void Decode(in FrameHeader header, ReadOnlySpan<byte> body, List<Message> into)
    {
        if ((header.Flags & FrameFlags.Closing) != 0)
        {
            IsClosed = body.IsEmpty
                ? true
                : throw new ProtocolException($"Frame {header.Sequence} takes leave with {body.Length} bytes.");
            return;
        }

        var table = AttachmentTable.Read(header, body, _limits.MaxAttachmentBytes);
        var first = into.Count;
        try
        {
            var reader = new MessagePackReader(body[table.Size..]);
            while (!reader.End)
                into.Add(MessageCodec.Read(ref reader));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new ProtocolException($"Frame {header.Sequence} cannot be read. {error.Message}", error);
        }

        if (table.Count == 0)
            return;
        if (into.Count != first + 1)
        {
            throw new ProtocolException(
                $"Frame {header.Sequence} has attachments and {into.Count - first} messages instead of one.");
        }

        _attachments = new IncomingAttachments(into[first], header, table);
        into.RemoveAt(first);
    }
}
