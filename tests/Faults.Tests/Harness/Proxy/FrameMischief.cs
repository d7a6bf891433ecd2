using System.Buffers.Binary;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// Finds the frames in a stream of bytes (eight bytes of magic, then frames: 32-byte header, body, attachments) and says some of
/// them twice or in another order. What opens a connection is left alone.
/// </summary>
internal sealed class FrameMischief(Toxics toxics, Random random)
{
    private const int HeaderBytes = 32;
    private const int CountOffset = 24;
    private const int EntryBytes = 12;
    private const int OpeningFrames = 2;
    private const int MagicBytes = 8;

    private readonly List<byte> _pending = [];
    private byte[]? _held;
    private int _frames;
    private bool _isOpen;

    /// <summary>Takes bytes; returns those that go on now.</summary>
    public byte[] Take(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        var output = new List<byte>();
        if (!_isOpen && _pending.Count >= MagicBytes)
        {
            output.AddRange(_pending[..MagicBytes]);
            _pending.RemoveRange(0, MagicBytes);
            _isOpen = true;
        }
        while (_isOpen && NextLength() is { } length && _pending.Count >= length)
        {
            var frame = _pending.GetRange(0, length).ToArray();
            _pending.RemoveRange(0, length);
            Pass(frame, output);
        }
        return [.. output];
    }

    private void Pass(byte[] frame, List<byte> output)
    {
        _frames++;
        if (_held is { } held)
        {
            // The held one follows the one that came after it.
            output.AddRange(frame);
            output.AddRange(held);
            _held = null;
            return;
        }
        var isOpening = _frames <= OpeningFrames;
        if (!isOpening && toxics.FramesPerSwap > 0 && random.Next(toxics.FramesPerSwap) == 0)
        {
            _held = frame;
            return;
        }
        output.AddRange(frame);
        if (!isOpening && toxics.FramesPerDuplicate > 0 && random.Next(toxics.FramesPerDuplicate) == 0)
            output.AddRange(frame);
    }

    private int? NextLength()
    {
        if (_pending.Count < HeaderBytes)
            return null;
        var header = _pending.GetRange(0, HeaderBytes).ToArray();
        var body = BinaryPrimitives.ReadInt32LittleEndian(header);
        var attachments = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(CountOffset));
        var length = HeaderBytes + body;
        if (attachments == 0)
            return length;
        if (_pending.Count < length)
            return null;
        var table = _pending.GetRange(HeaderBytes, attachments * EntryBytes).ToArray();
        for (var i = 0; i < attachments; i++)
            length += (int)BinaryPrimitives.ReadInt64LittleEndian(table.AsSpan(i * EntryBytes));
        return length;
    }
}
