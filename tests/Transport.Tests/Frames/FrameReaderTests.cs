using TaskGraph.Messages;
using TaskGraph.Transport.Frames;

namespace TaskGraph.Transport.Tests.Frames;

public sealed class FrameReaderTests
{
    private static readonly Message[] s_messages =
    [
        new Heartbeat { StoredBytes = 5 },
        new Goodbye { Reason = "why" },
        new DataReply { RequestId = 1, Attachments = [new byte[] { 1, 2, 3 }, Array.Empty<byte>(), new byte[] { 4 }] },
        new DataReply { RequestId = 2 },
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Messages_arrive_whole_however_the_bytes_are_cut(int piece)
    {
        var received = FrameBytes.Feed(FrameBytes.Reader(), FrameBytes.Of(s_messages), piece);
        Assert.Equal(s_messages.Select(FrameBytes.Text), received.Select(FrameBytes.Text));
    }

    [Fact]
    public void Every_truncation_yields_only_whole_messages_and_waits()
    {
        var bytes = FrameBytes.Of(s_messages);
        var expected = s_messages.Select(FrameBytes.Text).ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = FrameBytes.Reader();
            var received = FrameBytes.Feed(reader, bytes.AsSpan(0, length), 100_000);
            Assert.True(received.Count < s_messages.Length);
            Assert.Equal(expected[..received.Count], received.Select(FrameBytes.Text));
            Assert.False(reader.IsClosed);
        }
    }

    [Fact]
    public void Every_flipped_bit_is_noticed_before_a_wrong_message_is_handed_out()
    {
        var bytes = FrameBytes.Of(check: true, s_messages);
        var expected = s_messages.Select(FrameBytes.Text).ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var received = new List<Message>();
            try
            {
                received = FrameBytes.Feed(FrameBytes.Reader(), flipped, 100_000);
            }
            catch (ProtocolException)
            {
                continue;
            }

            // A larger length makes the reader wait for bytes that never come: nothing wrong is handed out either.
            Assert.True(received.Count < expected.Length);
            Assert.Equal(expected[..received.Count], received.Select(FrameBytes.Text));
        }
    }

    [Fact]
    public void A_wrong_attachment_is_noticed_when_attachments_are_checked()
    {
        var bytes = FrameBytes.Of(check: true, [new DataReply { Attachments = [new byte[100]] }]);
        bytes[^50] ^= 1;
        var error = Assert.Throws<ProtocolException>(() => FrameBytes.Feed(FrameBytes.Reader(), bytes, 100_000));
        Assert.Contains("DataReply does not match its checksum", error.Message);
    }

    [Fact]
    public void Frames_before_a_broken_one_are_handed_out_first()
    {
        var first = FrameBytes.Of(new Heartbeat { StoredBytes = 5 });
        byte[] bytes = [.. first, .. FrameBytes.Raw([], sequence: 7)];
        var reader = FrameBytes.Reader();
        bytes.CopyTo(reader.GetMemory());
        reader.Advance(bytes.Length);
        var received = new List<Message>();
        Assert.True(reader.Take(received));
        Assert.Single(received);
        Assert.Throws<ProtocolException>(() => reader.Take(received));
        Assert.Throws<ProtocolException>(() => reader.Take(received));
        Assert.Single(received);
    }

    [Theory]
    [InlineData(0, "repeated")]
    [InlineData(2, "missing")]
    [InlineData(uint.MaxValue, "repeated")]
    public void A_gap_or_repetition_in_the_sequence_is_refused(uint sequence, string why)
    {
        Assert.Contains(why, Refused(FrameBytes.Raw([], sequence: sequence)));
    }

    [Fact]
    public void A_frame_of_another_session_is_refused()
    {
        Assert.Contains("session beef", Refused(FrameBytes.Raw([], session: 0xbeef)));
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_sent_is_refused()
    {
        Assert.Contains("acknowledges frame 1", Refused(FrameBytes.Raw([], acknowledged: 1)));
    }

    [Fact]
    public void Unknown_flags_and_layouts_are_refused()
    {
        Assert.Contains("flags", Refused(FrameBytes.Raw([], flags: (FrameFlags)0x80)));
        var frame = FrameBytes.Raw([]);
        frame[6] = 9;
        Assert.Contains("layout 9", Refused(frame));
    }

    [Fact]
    public void A_frame_with_attachments_and_two_messages_or_none_is_refused()
    {
        var table = new byte[FrameHeader.TableEntrySize];
        var heartbeat = FrameBytes.Of(new Heartbeat())[(Magic.Bytes.Length + FrameHeader.Size)..];
        Assert.Contains("0 messages", Refused(FrameBytes.Raw(table, attachments: 1)));
        Assert.Contains("2 messages", Refused(FrameBytes.Raw([.. table, .. heartbeat, .. heartbeat], attachments: 1)));
        Assert.Contains("lists 2 attachments in 12 bytes", Refused(FrameBytes.Raw(table, attachments: 2)));
        Assert.Contains("lists", Refused(FrameBytes.Raw(table, attachments: uint.MaxValue)));
    }

    [Fact]
    public void A_body_that_is_no_message_is_refused()
    {
        Assert.Contains("cannot be read", Refused(FrameBytes.Raw([0xc1, 0xc1])));
        Assert.Contains("cannot be read", Refused(FrameBytes.Raw([0x92, 0x7f, 0x90])));
        Assert.Contains("takes leave", Refused(FrameBytes.Raw([0x92], flags: FrameFlags.Closing)));
    }

    [Fact]
    public void Announced_lengths_are_refused_before_memory_is_made_for_them()
    {
        var bodies = new[]
        {
            FrameBytes.Raw([], length: (uint)FrameBytes.Limits.MaxFrameBytes + 1),
            FrameBytes.Raw([], length: uint.MaxValue),
            FrameBytes.Raw(Table((ulong)FrameBytes.Limits.MaxAttachmentBytes + 1), attachments: 1),
            FrameBytes.Raw(Table(1, (ulong)FrameBytes.Limits.MaxAttachmentBytes), attachments: 2),
            FrameBytes.Raw(Table(1UL << 63), attachments: 1),
            FrameBytes.Raw(Table(ulong.MaxValue, 2), attachments: 2),
        };
        Refused(bodies[0]);
        foreach (var frame in bodies)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Contains("announces", Refused(frame));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 10);
        }

        static byte[] Table(params ulong[] lengths) =>
            [.. lengths.SelectMany(l => BitConverter.GetBytes(l).Concat(new byte[4]))];
    }

    [Fact]
    public void Many_frames_do_not_make_an_idle_readers_buffer_grow_for_good()
    {
        var reader = FrameBytes.Reader();
        var burst = Enumerable.Range(0, 5000).Select(i => (Message)new Goodbye { Reason = $"number {i} of many" });
        var quiet = Enumerable.Range(0, 40).Select(i => new Message[] { new Heartbeat() });
        var bytes = FrameBytes.Of(false, [burst.ToArray(), .. quiet]);
        var quietStart = bytes.Length - 40 * (FrameBytes.Of(new Heartbeat()).Length - Magic.Bytes.Length);
        Assert.Equal(5000, FrameBytes.Feed(reader, bytes.AsSpan(0, quietStart), 1 << 20).Count);
        Assert.Equal(40, FrameBytes.Feed(reader, bytes.AsSpan(quietStart), (bytes.Length - quietStart) / 40).Count);
        Assert.InRange(reader.GetMemory().Length, 1, ReceiveBuffer.IdleBytes);
    }

    [Fact]
    public void Reading_allocates_the_messages_and_nothing_else()
    {
        var batch = Enumerable.Range(0, 1000).Select(i => (Message)new Heartbeat { StoredBytes = i }).ToArray();
        var bytes = FrameBytes.Of(false, [.. Enumerable.Repeat(batch, 11)]);
        var reader = FrameBytes.Reader();
        var messages = new List<Message>(10_000);
        Read(bytes.AsSpan(0, bytes.Length / 11));
        var made = new Message[1];
        var start = GC.GetAllocatedBytesForCurrentThread();
        made[0] = new Heartbeat();
        var perMessage = GC.GetAllocatedBytesForCurrentThread() - start;
        start = GC.GetAllocatedBytesForCurrentThread();
        Read(bytes.AsSpan(bytes.Length / 11));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - start;

        // A buffer may still be rented anew; an allocation per message would be ten thousand.
        Assert.InRange(allocated, 10_000 * perMessage, 10_000 * perMessage + (128 << 10));

        void Read(ReadOnlySpan<byte> rest)
        {
            while (!rest.IsEmpty)
            {
                var memory = reader.GetMemory();
                var count = Math.Min(rest.Length, memory.Length);
                rest[..count].CopyTo(memory.Span);
                rest = rest[count..];
                reader.Advance(count);
                if (reader.Take(messages))
                    messages.Clear();
            }
        }
    }

    private static string Refused(byte[] frame)
    {
        byte[] bytes = [.. Magic.Bytes, .. frame];
        return Assert.Throws<ProtocolException>(() => FrameBytes.Feed(FrameBytes.Reader(), bytes, 100_000)).Message;
    }
}
