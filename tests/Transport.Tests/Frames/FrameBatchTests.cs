using System.Text;
using TaskGraph.Messages;
using TaskGraph.Transport.Frames;

namespace TaskGraph.Transport.Tests.Frames;

public sealed class FrameBatchTests
{
    [Fact]
    public void Messages_gather_in_one_frame_until_it_is_full()
    {
        var batch = new FrameBatch();
        for (var i = 0; i < 100; i++)
            batch.Add(new Heartbeat(), 64 << 10);
        Assert.Single(batch.Frames);
        batch.Add(new FunctionResult { Value = new byte[60 << 10] }, 64 << 10);
        Assert.Single(batch.Frames);
        batch.Add(new FunctionResult { Value = new byte[60 << 10] }, 64 << 10);
        Assert.Equal(2, batch.Frames.Count);
        batch.Add(new PutData { Attachments = [new byte[10]] }, 64 << 10);
        batch.Add(new Heartbeat(), 64 << 10);
        batch.Add(new Heartbeat(), 64 << 10);
        Assert.Equal(4, batch.Frames.Count);
        Assert.Equal(batch.Memory.Length + 10, batch.Bytes);
        var largest = FrameHeader.Size + (64 << 10);
        Assert.All(batch.Frames, f => Assert.InRange(f.End - f.Start, FrameHeader.Size + 1, largest));
    }

    [Fact]
    public void A_message_that_fits_no_frame_is_refused_and_leaves_the_batch_as_it_was()
    {
        var batch = new FrameBatch();
        var large = new FunctionResult { Value = new byte[2000] };
        var attached = new PutData { Attachments = new ReadOnlyMemory<byte>[100] };
        Assert.Throws<MessageTooLargeException>(() => batch.Add(large, 1000));
        Assert.True(batch.IsEmpty);
        batch.Add(new Heartbeat(), 1000);
        var before = batch.Bytes;
        var error = Assert.Throws<MessageTooLargeException>(() => batch.Add(large, 1000));
        Assert.Contains("FunctionResult", error.Message);
        Assert.Throws<MessageTooLargeException>(() => batch.Add(attached, 1000));
        Assert.Equal(before, batch.Bytes);
        Assert.Equal(before, batch.Memory.Length);
        batch.Add(new Heartbeat(), 1000);
        Assert.Single(batch.Frames);
    }

    [Fact]
    public void Gathering_and_sealing_messages_allocates_nothing()
    {
        var batch = new FrameBatch();
        var ledger = new FrameLedger();
        var message = new Heartbeat { StoredBytes = 1 << 20 };
        Fill();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Fill();

        // A buffer may be rented anew after a collection; a hundred thousand messages would be megabytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 10);

        void Fill()
        {
            for (var i = 0; i < 1000; i++)
                batch.Add(message, 1 << 20);
            batch.Seal(ledger);
            batch.Clear();
        }
    }

    [Fact]
    public void The_ledger_counts_what_is_sent_and_not_acknowledged()
    {
        var ledger = new FrameLedger();
        ledger.Open(1);
        for (var i = 0; i < 5; i++)
            ledger.NextToSend();
        Assert.Equal(5u, ledger.UnacknowledgedFrames);
        ledger.Received(Header(sequence: 1, acknowledged: 3));
        Assert.Equal(2u, ledger.UnacknowledgedFrames);
        Assert.Equal(1u, ledger.LastReceived);
        Assert.Throws<ProtocolException>(() => ledger.Received(Header(sequence: 2, acknowledged: 2)));
        ledger.Received(Header(sequence: 2, acknowledged: 5));
        Assert.Equal(0u, ledger.UnacknowledgedFrames);
    }

    [Fact]
    public void The_checksum_is_CRC32C()
    {
        Assert.Equal(0xe3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8a9136aau, Crc32C.Of(new byte[32]));
        Assert.Equal(0u, Crc32C.Of([]));
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 40)));
        for (var cut = 0; cut < text.Length; cut++)
        {
            var state = Crc32C.Append(Crc32C.Append(Crc32C.Start, text.AsSpan(0, cut)), text.AsSpan(cut));
            Assert.Equal(Crc32C.Of(text), ~state);
        }
    }

    private static FrameHeader Header(uint sequence, uint acknowledged) =>
        new(0, FrameFlags.None, FrameHeader.CurrentLayout, 1, sequence, acknowledged, 0, 0);
}
