using System.Buffers.Binary;

namespace TaskGraph.Transport.Frames;

/// <summary>What is special about a frame.</summary>
[Flags]
internal enum FrameFlags : ushort
{
    None = 0,

    /// <summary>The last frame of its sender, who leaves in order; it carries nothing else.</summary>
    Closing = 1,

    /// <summary>The attachments' checksums in the table are to be compared.</summary>
    AttachmentsChecked = 2,
}

/// <summary>
/// The 32 bytes before every frame, little-endian:
/// <code>
/// 0 length u32 | 4 flags u16 | 6 layout u16 | 8 session u64 | 16 sequence u32 | 20 acknowledged u32
/// 24 attachments u32 | 28 crc32c u32 | body: attachments × (length u64, crc32c u32), messages | attachments
/// </code>
/// Length counts the body. The checksum covers the first 28 bytes and the body.
/// </summary>
internal readonly record struct FrameHeader(
    uint Length,
    FrameFlags Flags,
    ushort Layout,
    ulong Session,
    uint Sequence,
    uint Acknowledged,
    uint AttachmentCount,
    uint Checksum)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    /// <summary>Bytes per attachment in the table at the start of the body.</summary>
    public const int TableEntrySize = 12;

    /// <summary>The only layout of frames so far.</summary>
    public const ushort CurrentLayout = 1;

    /// <summary>All flags that have a meaning.</summary>
    public const FrameFlags KnownFlags = FrameFlags.Closing | FrameFlags.AttachmentsChecked;

    private const int ChecksumOffset = 28;

    /// <summary>Reads a header from the first <see cref="Size"/> bytes.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (FrameFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]));

    /// <summary>
    /// Writes the header in front of the body in <paramref name="frame"/>, with the checksum of both.
    /// </summary>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], Layout);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], Session);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], Acknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[24..], AttachmentCount);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], ChecksumOf(frame));
    }

    /// <summary>The checksum of a whole frame: its header without the checksum, and its body.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> frame) =>
        ~Crc32C.Append(Crc32C.Append(Crc32C.Start, frame[..ChecksumOffset]), frame[Size..]);
}
