using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests;

public class RoundTripTests
{
    [Fact]
    public void Any_integer_comes_back_in_every_type_that_holds_it() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>().Generator.Select(Spread).ToArbitrary(), value =>
        {
            var bytes = Pack.Bytes((ref MessagePackWriter w) => w.Write(value));
            return Read(bytes, (ref MessagePackReader r) => r.ReadInt64()) == value
                && Holds(value, int.MinValue, int.MaxValue, bytes, (ref MessagePackReader r) => r.ReadInt32())
                && Holds(value, uint.MinValue, uint.MaxValue, bytes, (ref MessagePackReader r) => r.ReadUInt32())
                && Holds(value, short.MinValue, short.MaxValue, bytes, (ref MessagePackReader r) => r.ReadInt16())
                && Holds(value, ushort.MinValue, ushort.MaxValue, bytes, (ref MessagePackReader r) => r.ReadUInt16())
                && Holds(value, sbyte.MinValue, sbyte.MaxValue, bytes, (ref MessagePackReader r) => r.ReadSByte())
                && Holds(value, byte.MinValue, byte.MaxValue, bytes, (ref MessagePackReader r) => r.ReadByte())
                && Holds(value, 0, long.MaxValue, bytes, (ref MessagePackReader r) => (long)r.ReadUInt64());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_number_comes_back_bit_for_bit() =>
        Prop.ForAll<double, float, ulong>((d, f, u) =>
        {
            var bytes = Pack.Bytes((ref MessagePackWriter w) =>
            {
                w.Write(d);
                w.Write(f);
                w.Write(u);
            });
            var r = new MessagePackReader(bytes);
            return BitConverter.DoubleToInt64Bits(r.ReadDouble()) == BitConverter.DoubleToInt64Bits(d)
                && BitConverter.SingleToInt32Bits(r.ReadSingle()) == BitConverter.SingleToInt32Bits(f)
                && r.ReadUInt64() == u && r.End;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_and_bytes_come_back() =>
        Prop.ForAll<UnicodeString, byte[], DateTime>((any, bin, time) =>
        {
            // FsCheck also draws halves of surrogate pairs, which the writer refuses.
            var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(any.Get));
            var utc = DateTime.SpecifyKind(time, DateTimeKind.Utc);
            var bytes = Pack.Bytes((ref MessagePackWriter w) =>
            {
                w.WriteArrayHeader(3);
                w.Write(text);
                w.WriteBinary(bin);
                w.Write(utc);
            });
            var r = new MessagePackReader(bytes);
            r.ReadArrayHeader(3);
            return r.ReadString() == text && r.ReadBinary().SequenceEqual(bin) && r.ReadDateTime() == utc && r.End;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_column_comes_back_without_a_copy_of_its_own() =>
        Prop.ForAll<int[], double[], NonNegativeInt>((ints, doubles, pad) =>
        {
            var bytes = Pack.Bytes((ref MessagePackWriter w) =>
            {
                w.Write(pad.Get);
                w.WriteColumn<int>(ints);
                w.WriteColumn<double>(doubles);
            });
            var r = new MessagePackReader(bytes);
            _ = r.ReadInt32();
            var column = r.ReadColumn<int>(ints.Length);
            var copy = new double[doubles.Length];
            r.ReadColumn<double>().CopyTo(copy);
            for (var i = 0; i < ints.Length; i++)
            {
                if (column[i] != ints[i])
                    return false;
            }

            return column.ToArray().SequenceEqual(ints) && copy.SequenceEqual(doubles) && r.End;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_string_length_around_the_header_sizes_comes_back()
    {
        int[] lengths = [0, 1, 10, 11, 31, 32, 85, 86, 255, 256, 21845, 21846, 65535, 65536, 65537, 200_000];
        foreach (var length in lengths)
        {
            foreach (var letter in (string[])["x", "é", "€", "😀"])
            {
                var text = string.Concat(Enumerable.Repeat(letter, length));
                var bytes = Pack.Bytes((ref MessagePackWriter w) => w.Write(text));
                Assert.Equal(text, new MessagePackReader(bytes).ReadString());
            }
        }
    }

    [Fact]
    public void A_sequence_in_segments_reads_like_one_block()
    {
        var bytes = Pack.Bytes((ref MessagePackWriter w) => w.Write("a text in two pieces"));
        var first = new Segment(bytes.AsMemory(0, 5), null);
        var last = new Segment(bytes.AsMemory(5), first);
        var sequence = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        Assert.Equal("a text in two pieces", new MessagePackReader(sequence).ReadString());
        Assert.Equal("a text in two pieces", new MessagePackReader(new ReadOnlySequence<byte>(bytes)).ReadString());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_instead_of_changed()
    {
        var e = Assert.Throws<MessagePackException>(() => Pack.Bytes((ref MessagePackWriter w) => w.Write("ab\ud800")));
        Assert.Contains("index 2", e.Message);
    }

    private delegate long ReadInteger(ref MessagePackReader reader);

    private static long Read(byte[] bytes, ReadInteger read)
    {
        var reader = new MessagePackReader(bytes);
        var value = read(ref reader);
        Assert.True(reader.End);
        return value;
    }

    private static bool Holds(long value, long min, long max, byte[] bytes, ReadInteger read)
    {
        if (value >= min && value <= max)
            return Read(bytes, read) == value;
        Assert.Throws<MessagePackException>(() => Read(bytes, read));
        return true;
    }

    // FsCheck draws small numbers: shifting them by their own low bits reaches every width.
    private static long Spread(long value) => value << (int)(Math.Abs(value % 64));

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
