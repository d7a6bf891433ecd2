using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TaskGraph;

/// <summary>Writes one value: MessagePack in <see cref="Pack"/>, large blocks by <see cref="WriteBuffer"/>.</summary>
public ref struct PayloadWriter
{
    /// <summary>Shorter buffers are written inline: copying them costs less than sending one more piece.</summary>
    internal const int InlineLimit = 1024;

    /// <summary>The MessagePack being written.</summary>
    [SuppressMessage("Design", "CA1051", Justification = "A property would hand out a copy of the writer.")]
    public MessagePackWriter Pack;

    private readonly List<ReadOnlyMemory<byte>>? _buffers;
    private int _depth;

    /// <summary>A writer to <paramref name="output"/>.</summary>
    /// <param name="output">Where the MessagePack goes.</param>
    /// <param name="buffers">
    /// Collects large buffers instead of copying them into the output; null writes all inline.
    /// </param>
    public PayloadWriter(IBufferWriter<byte> output, List<ReadOnlyMemory<byte>>? buffers = null)
    {
        Pack = new MessagePackWriter(output);
        _buffers = buffers;
    }

    /// <summary>Where in the value the writer is; kept only to explain a refusal.</summary>
    internal PayloadTrace? Trace { get; init; }

    /// <summary>
    /// Writes a block of bytes. With a buffer list a block of 1 KiB or more is added to it uncopied and its index
    /// written; otherwise it is written inline as bin. A reader tells the two apart by the token.
    /// </summary>
    public void WriteBuffer(ReadOnlyMemory<byte> bytes)
    {
        if (_buffers is null || bytes.Length < InlineLimit)
        {
            Pack.WriteBinary(bytes.Span);
            return;
        }

        Pack.Write(_buffers.Count);
        _buffers.Add(bytes);
    }

    /// <summary>
    /// Writes a block that the caller may change afterwards: it is copied, into the output or a buffer.
    /// </summary>
    internal void WriteBufferCopy(scoped ReadOnlySpan<byte> bytes)
    {
        if (_buffers is null || bytes.Length < InlineLimit)
            Pack.WriteBinary(bytes);
        else
            WriteBuffer(bytes.ToArray());
    }

    /// <summary>Counts one level of nesting; a codec of values that hold others calls it before writing them.</summary>
    /// <exception cref="NotSerializableException">The value nests more than 64 levels deep.</exception>
    public void Enter()
    {
        if (_depth >= MessagePackReader.MaxDepth)
            ThrowTooDeep();
        _depth++;
    }

    /// <summary>Ends a level begun by <see cref="Enter"/>.</summary>
    public void Leave() => _depth--;

    /// <summary>Hands all bytes written so far to the output.</summary>
    public void Flush() => Pack.Flush();

    /// <summary>The error for a value whose static type is served but which itself cannot be sent.</summary>
    internal readonly NotSerializableException Refuse(Type type, string reason) =>
        new(type, Trace?.Path ?? TypeName.Of(type), reason) { NeedsPath = Trace is null };

    [DoesNotReturn]
    private readonly void ThrowTooDeep() => throw Refuse(
        Trace?.Root ?? typeof(object),
        $"the value nests more than {MessagePackReader.MaxDepth} levels deep; send chains as a list, and no cycles");
}
