using System.Diagnostics.CodeAnalysis;

namespace TaskGraph;

/// <summary>Reads one value from a payload of untrusted bytes.</summary>
public ref struct PayloadReader
{
    /// <summary>The MessagePack being read.</summary>
    [SuppressMessage("Design", "CA1051", Justification = "A property would hand out a copy of the reader.")]
    public MessagePackReader Pack;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly ReadOnlyMemory<byte>[] _buffers;

    /// <summary>A reader at the start of <paramref name="payload"/>.</summary>
    public PayloadReader(in Payload payload)
    {
        _body = payload.Body;
        _buffers = payload.Buffers;
        Pack = new MessagePackReader(_body.Span);
    }

    /// <summary>
    /// Reads a block of bytes, inline or out of band. It is a view of the payload, not a copy: keep it only if the
    /// payload's memory is yours.
    /// </summary>
    /// <exception cref="MessagePackException">The next value is no bin, and no index of a buffer.</exception>
    public ReadOnlyMemory<byte> ReadBuffer()
    {
        if (Pack.NextType != MessagePackType.Integer)
        {
            var length = Pack.ReadBinary().Length;
            return _body.Slice(Pack.Consumed - length, length);
        }

        var start = Pack.Consumed;
        var index = Pack.ReadUInt32();
        return index < (uint)_buffers.Length
            ? _buffers[index]
            : throw new MessagePackException($"the index of one of {_buffers.Length} buffers", $"{index}", start);
    }

    /// <summary>
    /// The error for bytes at <paramref name="offset"/> that are valid MessagePack but not the value.
    /// </summary>
    internal static MessagePackException Invalid(string expected, int offset) => new(expected, "another value", offset);
}
