using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace TaskGraph;

public ref partial struct MessagePackWriter
{
    // Above this many UTF-16 units a string is counted first: reserving three bytes for each would waste memory.
    private const int CountFirstLength = 1 << 16;

    /// <summary>Writes a string as UTF-8, or nil for null.</summary>
    /// <exception cref="MessagePackException">
    /// The string holds half of a surrogate pair, which UTF-8 cannot express.
    /// </exception>
    public void Write(string? value)
    {
        if (value is null)
            WriteNil();
        else
            Write(value.AsSpan());
    }

    /// <summary>Writes text as UTF-8.</summary>
    /// <exception cref="MessagePackException">
    /// The text holds half of a surrogate pair, which UTF-8 cannot express.
    /// </exception>
    public void Write(scoped ReadOnlySpan<char> value)
    {
        var maxBytes = value.Length <= CountFirstLength ? value.Length * 3 : Encoding.UTF8.GetByteCount(value);
        var span = Reserve(maxBytes + 5);

        // The header is guessed for ASCII; other text is moved up where its length needs a longer one.
        var guess = StringHeaderSize(value.Length);
        var status = Utf8.FromUtf16(value, span[guess..], out var read, out var length, replaceInvalidSequences: false);
        if (status != OperationStatus.Done)
        {
            throw new MessagePackException(
                "text that UTF-8 can express", $"half a surrogate pair at index {read}", BytesWritten);
        }

        var header = StringHeaderSize(length);
        if (header != guess)
            span.Slice(guess, length).CopyTo(span[header..]);
        WriteStringHeader(length);
        _used += length;
    }

    /// <summary>Writes a string whose UTF-8 bytes are at hand; they are not checked.</summary>
    public void WriteUtf8(scoped ReadOnlySpan<byte> utf8)
    {
        WriteStringHeader(utf8.Length);
        WriteRaw(utf8);
    }

    /// <summary>Writes bytes.</summary>
    public void WriteBinary(scoped ReadOnlySpan<byte> bytes)
    {
        WriteBinaryHeader(bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes the header of a bin; <paramref name="length"/> raw bytes must follow.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public void WriteBinaryHeader(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length <= byte.MaxValue)
            WriteCodeAndByte(MessagePackCode.Binary8, (byte)length);
        else
            WriteLength16Or32(MessagePackCode.Binary16, MessagePackCode.Binary32, length);
    }

    private static int StringHeaderSize(int length) =>
        length < 32 ? 1 : length <= byte.MaxValue ? 2 : length <= ushort.MaxValue ? 3 : 5;

    private void WriteStringHeader(int length)
    {
        if (length < 32)
            WriteByte((byte)(MessagePackCode.FixString | length));
        else if (length <= byte.MaxValue)
            WriteCodeAndByte(MessagePackCode.String8, (byte)length);
        else
            WriteLength16Or32(MessagePackCode.String16, MessagePackCode.String32, length);
    }
}
