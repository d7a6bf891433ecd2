using TaskGraph.Messages;
using TaskGraph.Transport.Frames;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport.Tests.Frames;

/// <summary>Streams of frames as byte arrays, and readers fed from them.</summary>
internal static class FrameBytes
{
    public const ulong Session = 0xfeed;

    public static readonly FrameLimits Limits = new(64 << 10, 1 << 20);

    /// <summary>The bytes that a sender puts on the stream for these batches, magic bytes first.</summary>
    public static byte[] Of(bool check, params Message[][] batches)
    {
        var ledger = new FrameLedger();
        ledger.Open(Session);
        using var stream = new MemoryStream();
        using var link = new Link(stream, null, new Address(Address.InProcess, "memory", 0));
        stream.Write(Magic.Bytes);
        foreach (var messages in batches)
        {
            var batch = new FrameBatch { CheckAttachments = check };
            foreach (var message in messages)
                batch.Add(message, Limits.MaxFrameBytes);
            batch.Seal(ledger);
            link.SendAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            batch.Clear();
        }

        return stream.ToArray();
    }

    public static byte[] Of(params Message[] messages) => Of(check: false, messages);

    /// <summary>One frame with the given header fields and body, its checksum right.</summary>
    public static byte[] Raw(
        byte[] body,
        ulong session = Session,
        uint sequence = 1,
        uint acknowledged = 0,
        uint attachments = 0,
        FrameFlags flags = FrameFlags.None,
        uint? length = null)
    {
        var frame = new byte[FrameHeader.Size + body.Length];
        body.CopyTo(frame, FrameHeader.Size);
        var announced = length ?? (uint)body.Length;
        new FrameHeader(announced, flags, FrameHeader.CurrentLayout, session, sequence, acknowledged, attachments, 0)
            .Write(frame);
        return frame;
    }

    public static FrameReader Reader()
    {
        var ledger = new FrameLedger();
        ledger.Open(Session);
        var reader = new FrameReader(ledger);
        reader.Raise(Limits);
        return reader;
    }

    /// <summary>Feeds the bytes in pieces of the given sizes (the last one repeated) and takes after each.</summary>
    public static List<Message> Feed(FrameReader reader, ReadOnlySpan<byte> bytes, params int[] pieces)
    {
        var messages = new List<Message>();
        for (var i = 0; !bytes.IsEmpty; i++)
        {
            var memory = reader.GetMemory();
            var count = Math.Min(Math.Min(pieces[Math.Min(i, pieces.Length - 1)], bytes.Length), memory.Length);
            bytes[..count].CopyTo(memory.Span);
            bytes = bytes[count..];
            reader.Advance(count);
            while (reader.Take(messages))
            {
            }
        }

        return messages;
    }

    /// <summary>What a message says, attachments included, for comparisons.</summary>
    public static string Text(Message message)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        var attachments = message.Attachments.Select(a => Convert.ToHexString(a.Span));
        return $"{Convert.ToHexString(bytes.WrittenSpan)}+{string.Join(',', attachments)}";
    }
}
