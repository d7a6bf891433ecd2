using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests;

public class HostileInputTests
{
    private delegate void ReadAction(ref MessagePackReader reader);

    [Fact]
    public void Every_truncation_of_a_message_is_refused()
    {
        var bytes = Message();
        var whole = new MessagePackReader(bytes);
        whole.Skip();
        Assert.True(whole.End);
        for (var length = 0; length < bytes.Length; length++)
        {
            Refuses(bytes[..length], (ref MessagePackReader r) => r.Skip());
            Refuses(bytes[..length], ReadMessage);
        }
    }

    [Theory]
    [InlineData("dbffffffff61")]
    [InlineData("c6ffffffff61")]
    [InlineData("c6800000006162")]
    [InlineData("ddffffffff01")]
    [InlineData("dfffffffff0102")]
    [InlineData("c9ffffffff0102")]
    [InlineData("df8000000001")]
    [InlineData("dc00020a")]
    [InlineData("82010203")]
    public void A_declared_length_beyond_the_input_is_refused_before_anything_is_allocated(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Refuses(bytes, (ref MessagePackReader r) => r.Skip());
        Refuses(bytes, (ref MessagePackReader r) => r.ReadString());
        Refuses(bytes, (ref MessagePackReader r) => r.ReadColumn<long>());

        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuses(bytes, (ref MessagePackReader r) => r.ReadRaw());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void Sixty_four_levels_are_read_and_one_more_is_refused()
    {
        var bytes = Enumerable.Repeat((byte)0x91, MessagePackReader.MaxDepth).Append((byte)0).ToArray();
        new MessagePackReader(bytes).Skip();

        var e = Refuses([0x91, .. bytes], (ref MessagePackReader r) => r.Skip());
        Assert.Equal(MessagePackReader.MaxDepth, e.Offset - 1);
    }

    [Fact]
    public void A_depth_bomb_of_a_million_levels_is_refused()
    {
        var bomb = new byte[1_000_000];
        bomb.AsSpan().Fill(0x81);
        Refuses(bomb, (ref MessagePackReader r) => r.Skip());
        Refuses(bomb, (ref MessagePackReader r) =>
        {
            while (true)
            {
                _ = r.ReadMapHeader();
                r.Enter();
            }
        });
    }

    [Fact]
    public void An_error_says_what_was_expected_what_was_found_and_where()
    {
        var bytes = Pack.Bytes((ref MessagePackWriter w) =>
        {
            w.Write(1);
            w.Write("two");
        });
        var e = Refuses(bytes, (ref MessagePackReader r) =>
        {
            _ = r.ReadInt32();
            _ = r.ReadInt32();
        });
        Assert.Equal("MessagePack: expected an int32, found a string (0xa3) at offset 1.", e.Message);
        Assert.Equal(1, e.Offset);
    }

    [Fact]
    public void A_refused_value_can_be_skipped()
    {
        var reader = new MessagePackReader(Pack.Bytes((ref MessagePackWriter w) => w.Write("text")));
        try
        {
            _ = reader.ReadInt64();
            Assert.Fail("A string was read as an integer.");
        }
        catch (MessagePackException)
        {
            Assert.Equal(0, reader.Consumed);
        }

        reader.Skip();
        Assert.True(reader.End);
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("a2c328")]
    [InlineData("c403010203")]
    [InlineData("d6ff")]
    [InlineData("d7ffffffffffffffffff")]
    [InlineData("c70cff000000007fffffffffffffff")]
    [InlineData("d605000000ff")]
    public void Invalid_values_are_refused(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Refuses(bytes, (ref MessagePackReader r) => r.ReadString());
        Refuses(bytes, (ref MessagePackReader r) => r.ReadDateTime());
        Refuses(bytes, (ref MessagePackReader r) => r.ReadColumn<int>());
        Refuses(bytes, (ref MessagePackReader r) => r.ReadNil());
        Refuses(bytes, (ref MessagePackReader r) => r.ReadBoolean());
        Refuses(bytes, (ref MessagePackReader r) => r.ReadDouble());
    }

    [Fact]
    public void A_byte_behind_the_last_value_is_refused() =>
        Refuses([0xc0, 0x00], (ref MessagePackReader r) =>
        {
            r.ReadNil();
            r.ReadEnd();
        });

    [Fact]
    public void Any_bytes_at_all_are_skipped_or_refused() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var reader = new MessagePackReader(bytes);
            try
            {
                reader.Skip();
                return reader.Consumed <= bytes.Length;
            }
            catch (MessagePackException e)
            {
                return reader.Consumed == 0 && e.Offset <= bytes.Length;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static byte[] Message() => Pack.Bytes((ref MessagePackWriter w) =>
    {
        w.WriteArrayHeader(7);
        w.WriteMapHeader(1);
        w.Write(new string('k', 300));
        w.Write(-70_000L);
        w.Write(1.25);
        w.Write(2.5f);
        w.Write(new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        w.WriteColumn<int>([1, 2, 3]);
        w.Write(true);
        w.Write(ulong.MaxValue);
    });

    private static void ReadMessage(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(7);
        _ = reader.ReadMapHeader();
        _ = reader.ReadString();
        _ = reader.ReadInt64();
        _ = reader.ReadDouble();
        _ = reader.ReadSingle();
        _ = reader.ReadDateTime();
        _ = reader.ReadColumn<int>(3);
        _ = reader.ReadBoolean();
        _ = reader.ReadUInt64();
    }

    private static MessagePackException Refuses(byte[] bytes, ReadAction read) =>
        Assert.Throws<MessagePackException>(() =>
        {
            var reader = new MessagePackReader(bytes);
            read(ref reader);
        });
}
