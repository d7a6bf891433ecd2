using TaskGraph.Messages;

namespace TaskGraph.Worker.Server;

/// <summary>A value that comes piece by piece. Room for a buffer is made when it is the next to be filled.</summary>
internal sealed class ValueAssembly
{
    private readonly TaskId _task;
    private readonly int[] _lengths;
    private readonly byte[] _elements;
    private readonly List<Memory<byte>> _parts = [];

    // Where the next piece belongs: in the whole, and in the last part.
    private long _offset;
    private int _filled;

    private ValueAssembly(TaskId task, int[] lengths, byte[] elements)
    {
        _task = task;
        _lengths = lengths;
        _elements = elements;
        SkipFull();
    }

    /// <summary>Bytes that have come.</summary>
    public long Received => _offset;

    /// <summary>Whether all have come.</summary>
    public bool IsWhole => _parts.Count == _lengths.Length && _filled == _lengths[^1];

    /// <summary>The body and the buffers.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Parts => [.. _parts.Select(static part => (ReadOnlyMemory<byte>)part)];

    /// <summary>An assembly for the value that this piece begins; null if it announces none that could be.</summary>
    public static ValueAssembly? Begin(ValuePiece first, long maxBytes)
    {
        var left = maxBytes;
        var lengths = new int[first.Lengths.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            if (first.Lengths[i] is < 0 or > int.MaxValue || first.Lengths[i] > left)
                return null;
            left -= first.Lengths[i];
            lengths[i] = (int)first.Lengths[i];
        }

        return first.Offset != 0 || lengths.Length == 0 || left == maxBytes
            ? null
            : new ValueAssembly(first.Task, lengths, first.Elements);
    }

    /// <summary>Takes the next piece; false if it is another one.</summary>
    public bool Take(ValuePiece piece)
    {
        if (piece.Task != _task || piece.Offset != _offset || piece.Attachments.Count != 1)
            return false;
        var bytes = piece.Attachments[0];
        if (bytes.IsEmpty || bytes.Length > _lengths[_parts.Count - 1] - _filled)
            return false;
        bytes.CopyTo(_parts[^1][_filled..]);
        _filled += bytes.Length;
        _offset += bytes.Length;
        SkipFull();
        return true;
    }

    /// <summary>Goes on to the next part that has room, over empty ones.</summary>
    private void SkipFull()
    {
        while (_parts.Count < _lengths.Length && (_parts.Count == 0 || _filled == _lengths[_parts.Count - 1]))
        {
            var element = _parts.Count < _elements.Length ? _elements[_parts.Count] : (byte)0;
            _parts.Add(ArrayBuffers.Allocate(element, _lengths[_parts.Count]));
            _filled = 0;
        }
    }
}
