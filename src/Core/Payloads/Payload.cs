namespace TaskGraph;

/// <summary>
/// One encoded value: a MessagePack body, and large buffers beside it that are sent from where they lie. A payload
/// made from a value may share memory with it (see <see cref="Buffers"/>), so the value must not be changed until
/// the payload has been sent.
/// </summary>
public readonly struct Payload
{
    private readonly ReadOnlyMemory<byte>[]? _buffers;

    /// <summary>
    /// A payload of <paramref name="body"/> and the out-of-band <paramref name="buffers"/> that it names by index.
    /// </summary>
    public Payload(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte>[]? buffers = null)
    {
        Body = body;
        _buffers = buffers;
    }

    /// <summary>The value as MessagePack.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The out-of-band buffers, named in the body by index; often none.</summary>
    public ReadOnlyMemory<byte>[] Buffers => _buffers ?? [];

    /// <summary>
    /// Per attachment of a message that carries the body and then the buffers: what array its bytes are of, if it is
    /// large enough for that to matter; empty = none is.
    /// </summary>
    public byte[] Elements
    {
        get
        {
            byte[] elements = [];
            for (var i = 0; i < Buffers.Length; i++)
            {
                if (Buffers[i].Length < ArrayBuffers.LeastBytes)
                    continue;
                if (elements.Length == 0)
                    elements = new byte[Buffers.Length + 1];
                elements[i + 1] = (byte)ArrayBuffers.ElementOf(Buffers[i]);
            }

            return elements;
        }
    }

    /// <summary>The body and all buffers together, in bytes.</summary>
    public long ByteCount
    {
        get
        {
            long count = Body.Length;
            foreach (var buffer in Buffers)
                count += buffer.Length;
            return count;
        }
    }
}
