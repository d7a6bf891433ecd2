using System.Buffers;
using TaskGraph.Messages;

namespace TaskGraph.Transport.Frames;

/// <summary>
/// Frames that wait to be sent, back to back in one rented buffer. Messages gather in the last frame until it is full;
/// one with attachments has a frame of its own. Headers are written by <see cref="Seal"/>, just before sending.
/// </summary>
internal sealed class FrameBatch : IBufferWriter<byte>
{
    /// <summary>
    /// Larger buffers are left to the collector: a pool that keeps them would hold on to a burst's memory.
    /// </summary>
    private const int MaxKeptBytes = 4 << 20;

    private const int MinFirstBytes = 4 << 10;
    private const int MaxFirstBytes = 256 << 10;

    private readonly List<PendingFrame> _frames = [];
    private byte[] _buffer = [];
    private int _length;
    private int _firstBytes = MinFirstBytes;
    private bool _open;

    /// <summary>Whether attachments get checksums.</summary>
    public bool CheckAttachments { get; init; }

    /// <summary>Bytes to send, attachments included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether there is nothing to send.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Once sealed: the number of the last frame.</summary>
    public uint LastSequence { get; private set; }

    /// <summary>Whether a frame has attachments, which only the sender's caller keeps.</summary>
    public bool HasAttachments
    {
        get
        {
            foreach (var frame in _frames)
            {
                if (frame.Attachments is not null)
                    return true;
            }

            return false;
        }
    }

    /// <summary>The frames in order.</summary>
    public IReadOnlyList<PendingFrame> Frames => _frames;

    /// <summary>All frames' headers and bodies, back to back.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Puts the magic bytes in front of the first frame.</summary>
    public void AddMagic()
    {
        this.Write(Magic.Bytes);
        Bytes += Magic.Bytes.Length;
    }

    /// <summary>Encodes a message at the end; on failure the batch is as before.</summary>
    /// <returns>By how many bytes the batch has grown.</returns>
    /// <exception cref="MessageTooLargeException">The message does not fit into a frame.</exception>
    public long Add(Message message, int maxFrameBytes)
    {
        var before = Bytes;
        var mark = _length;
        var open = _open;
        try
        {
            if (message.Attachments.Count > 0)
                AddWithAttachments(message, maxFrameBytes);
            else if (_open)
                AddToLastFrame(message, maxFrameBytes);
            else
                AddFrame(message, maxFrameBytes);
        }
        catch
        {
            _length = mark;
            _open = open;
            throw;
        }

        return Bytes - before;
    }

    /// <summary>Adds the frame that says that none will follow.</summary>
    public void AddClosing()
    {
        var start = _length;
        Reserve(FrameHeader.Size);
        _frames.Add(new PendingFrame(start, _length, FrameFlags.Closing, null));
        _open = false;
        Bytes += FrameHeader.Size;
    }

    /// <summary>Numbers all frames and writes their headers.</summary>
    public void Seal(FrameLedger ledger)
    {
        var acknowledged = ledger.LastReceived;
        foreach (var frame in _frames)
        {
            var header = new FrameHeader(
                (uint)(frame.End - frame.Start - FrameHeader.Size),
                frame.Flags,
                FrameHeader.CurrentLayout,
                ledger.Session,
                ledger.NextToSend(),
                acknowledged,
                (uint)(frame.Attachments?.Length ?? 0),
                Checksum: 0);
            var bytes = _buffer.AsSpan(frame.Start, frame.End - frame.Start);
            if (frame.Attachments is { } attachments)
                AttachmentTable.Write(bytes[FrameHeader.Size..], attachments, frame.Flags);
            header.Write(bytes);
        }

        LastSequence = ledger.LastSent;
    }

    /// <summary>The sealed frames after the one with number <paramref name="sequence"/>.</summary>
    public ReadOnlyMemory<byte> MemoryAfter(uint sequence)
    {
        var left = (int)(LastSequence - sequence);
        return left >= _frames.Count ? Memory
            : left <= 0 ? default
            : Memory[_frames[^left].Start..];
    }

    /// <summary>Forgets everything and gives the buffer back.</summary>
    public void Clear()
    {
        if (_buffer.Length is > 0 and <= MaxKeptBytes)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];

        // The next batch is likely to be about as large: under load it should not have to grow step by step.
        _firstBytes = Math.Clamp(Math.Max(_length, _firstBytes / 2), MinFirstBytes, MaxFirstBytes);
        _length = 0;
        _open = false;
        _frames.Clear();
        Bytes = 0;
    }

    public void Advance(int count) => _length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_length);
    }

    private void AddFrame(Message message, int maxFrameBytes)
    {
        var start = _length;
        Reserve(FrameHeader.Size);
        Encode(message);
        CheckSize(message, _length - start - FrameHeader.Size, maxFrameBytes);
        _frames.Add(new PendingFrame(start, _length, FrameFlags.None, null));
        _open = true;
        Bytes += _length - start;
    }

    private void AddToLastFrame(Message message, int maxFrameBytes)
    {
        var last = _frames[^1];
        var mark = _length;
        Encode(message);
        if (_length - last.Start - FrameHeader.Size <= maxFrameBytes)
        {
            _frames[^1] = last with { End = _length };
            Bytes += _length - mark;
            return;
        }

        // It overflows the frame: it starts the next one, behind a header pushed in before it.
        var size = _length - mark;
        CheckSize(message, size, maxFrameBytes);
        Reserve(FrameHeader.Size);
        _buffer.AsSpan(mark, size).CopyTo(_buffer.AsSpan(mark + FrameHeader.Size));
        _frames.Add(new PendingFrame(mark, _length, FrameFlags.None, null));
        Bytes += _length - mark;
    }

    private void AddWithAttachments(Message message, int maxFrameBytes)
    {
        var attachments = new ReadOnlyMemory<byte>[message.Attachments.Count];
        long attached = 0;
        for (var i = 0; i < attachments.Length; i++)
        {
            attachments[i] = message.Attachments[i];
            attached += attachments[i].Length;
        }

        var start = _length;
        var table = (long)attachments.Length * FrameHeader.TableEntrySize;
        CheckSize(message, table, maxFrameBytes);
        Reserve(FrameHeader.Size + (int)table);
        Encode(message);
        CheckSize(message, _length - start - FrameHeader.Size, maxFrameBytes);
        var flags = CheckAttachments ? FrameFlags.AttachmentsChecked : FrameFlags.None;
        _frames.Add(new PendingFrame(start, _length, flags, attachments));
        _open = false;
        Bytes += _length - start + attached;
    }

    private void Encode(Message message)
    {
        var writer = new MessagePackWriter(this);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
    }

    private static void CheckSize(Message message, long bytes, int limit)
    {
        if (bytes > limit)
            throw new MessageTooLargeException(message.Kind, bytes, limit);
    }

    private void Reserve(int count)
    {
        Ensure(count);
        _length += count;
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - _length >= count)
            return;
        var wanted = Math.Max((long)_length + count, Math.Max(_firstBytes, _buffer.Length * 2L));
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(wanted, Array.MaxLength));
        _buffer.AsSpan(0, _length).CopyTo(grown);
        if (_buffer.Length is > 0 and <= MaxKeptBytes)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = grown;
    }
}
