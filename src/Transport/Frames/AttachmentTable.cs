using System.Buffers.Binary;

namespace TaskGraph.Transport.Frames;

/// <summary>The lengths and checksums of a frame's attachments, at the start of its body.</summary>
internal readonly ref struct AttachmentTable
{
    private readonly ReadOnlySpan<byte> _entries;

    private AttachmentTable(ReadOnlySpan<byte> entries) => _entries = entries;

    /// <summary>How many attachments there are.</summary>
    public int Count => _entries.Length / FrameHeader.TableEntrySize;

    /// <summary>Bytes of the table itself.</summary>
    public int Size => _entries.Length;

    /// <summary>Writes the table at the start of <paramref name="body"/>.</summary>
    public static void Write(Span<byte> body, ReadOnlyMemory<byte>[] attachments, FrameFlags flags)
    {
        var check = (flags & FrameFlags.AttachmentsChecked) != 0;
        foreach (var attachment in attachments)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body, (ulong)attachment.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(body[8..], check ? Crc32C.Of(attachment.Span) : 0);
            body = body[FrameHeader.TableEntrySize..];
        }
    }

    /// <summary>Reads the table and compares every length with the limits.</summary>
    /// <exception cref="ProtocolException">The table does not fit into the frame, or announces too much.</exception>
    public static AttachmentTable Read(in FrameHeader header, ReadOnlySpan<byte> body, long maxAttachmentBytes)
    {
        var size = (long)header.AttachmentCount * FrameHeader.TableEntrySize;
        if (size > body.Length)
        {
            throw new ProtocolException(
                $"Frame {header.Sequence} lists {header.AttachmentCount} attachments in {body.Length} bytes.");
        }

        var table = new AttachmentTable(body[..(int)size]);
        var left = (ulong)maxAttachmentBytes;
        for (var i = 0; i < table.Count; i++)
        {
            var length = table.RawLength(i);
            if (length > left || length > (ulong)Array.MaxLength)
            {
                throw new ProtocolException(
                    $"Frame {header.Sequence} announces {length:N0} bytes as attachment {i}; {left:N0} may come.");
            }

            left -= length;
        }

        return table;
    }

    /// <summary>Bytes of attachment <paramref name="index"/>.</summary>
    public int Length(int index) => (int)RawLength(index);

    /// <summary>The checksum of attachment <paramref name="index"/>, if the frame's flags say that it counts.</summary>
    public uint Checksum(int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(_entries[(index * FrameHeader.TableEntrySize + 8)..]);

    private ulong RawLength(int index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(_entries[(index * FrameHeader.TableEntrySize)..]);
}
