using TaskGraph.Messages;

namespace TaskGraph.Transport.Frames;

/// <summary>
/// A message whose attachments are arriving; each has an array of exactly its size, made when its turn comes, of the
/// elements that the message says.
/// </summary>
internal sealed class IncomingAttachments
{
    private readonly Message _message;
    private readonly int[] _lengths;
    private readonly uint[]? _checksums;
    private readonly ReadOnlyMemory<byte>[] _arrived;
    private Memory<byte> _current;
    private bool _hasCurrent;
    private int _index;
    private int _filled;
    private uint _checksum = Crc32C.Start;

    public IncomingAttachments(Message message, in FrameHeader header, AttachmentTable table)
    {
        _message = message;
        _lengths = new int[table.Count];
        _checksums = (header.Flags & FrameFlags.AttachmentsChecked) != 0 ? new uint[table.Count] : null;
        _arrived = new ReadOnlyMemory<byte>[table.Count];
        for (var i = 0; i < table.Count; i++)
        {
            _lengths[i] = table.Length(i);
            if (_checksums is not null)
                _checksums[i] = table.Checksum(i);
        }
    }

    /// <summary>Where the next bytes go; empty when all have arrived.</summary>
    public Memory<byte> Free => _index < _lengths.Length ? _current[_filled..] : default;

    /// <summary>Moves past attachments that are complete.</summary>
    /// <returns>The message with all its attachments, or null while some are missing.</returns>
    /// <exception cref="ProtocolException">An attachment does not match its checksum.</exception>
    public Message? TryComplete()
    {
        while (_index < _lengths.Length)
        {
            if (!_hasCurrent)
                Allocate();
            if (_filled < _current.Length)
                return null;
            if (_checksums is not null && ~_checksum != _checksums[_index])
                throw new ProtocolException($"Attachment {_index} of a {_message.Kind} does not match its checksum.");
            _arrived[_index++] = _current;
            _current = default;
            _hasCurrent = false;
            _filled = 0;
            _checksum = Crc32C.Start;
        }

        _message.Attachments = _arrived;
        return _message;
    }

    /// <summary>Notes that <paramref name="count"/> bytes have been written to <see cref="Free"/>.</summary>
    public void Advance(int count)
    {
        // Here, as the bytes are still in the processor's cache.
        if (_checksums is not null)
            _checksum = Crc32C.Append(_checksum, _current.Span.Slice(_filled, count));
        _filled += count;
    }

    private void Allocate()
    {
        var elements = _message.AttachmentElements.Span;
        _current = ArrayBuffers.Allocate(_index < elements.Length ? elements[_index] : (byte)0, _lengths[_index]);
        _hasCurrent = true;
    }
}
