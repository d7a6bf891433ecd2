using System.Buffers;
using System.Runtime.InteropServices;

namespace TaskGraph.Tests;

public class PayloadBufferTests
{
    [Fact]
    public void A_large_array_travels_as_a_view_of_itself()
    {
        var array = Enumerable.Range(0, 4 << 20).ToArray();
        _ = PayloadCodecs.Encode(array);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var payload = PayloadCodecs.Encode(array);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);

        Assert.Equal("00", Convert.ToHexStringLower(payload.Body.Span));
        Assert.Equal(16L << 20, payload.ByteCount - 1);
        array[5] = -1;
        Assert.Equal(-1, MemoryMarshal.Read<int>(payload.Buffers[0].Span[20..]));
        Assert.Equal(array, PayloadCodecs.Decode<int[]>(payload));
    }

    [Fact]
    public unsafe void A_view_can_be_pinned_for_a_socket()
    {
        var array = new double[,] { { 1, 2 }, { 3, 4 } };
        var big = new double[64, 64];
        big[63, 63] = 5;
        foreach (var buffer in PayloadCodecs.Encode(big).Buffers)
        {
            using var pin = buffer.Pin();
            Assert.Equal(5, ((double*)pin.Pointer)[(64 * 64) - 1]);
            using var part = buffer[^8..].Pin();
            Assert.Equal(5, *(double*)part.Pointer);
        }

        Assert.Equal(array, PayloadRoundTripTests.Back(array));
        Assert.Equal(big, PayloadRoundTripTests.Back(big));
    }

    [Fact]
    public void Arrays_of_higher_rank_come_back()
    {
        Assert.Equal(new[, ,] { { { 1 }, { 2 } } }, PayloadRoundTripTests.Back(new[, ,] { { { 1 }, { 2 } } }));
        Assert.Equal(new string?[,] { { "a", null } }, PayloadRoundTripTests.Back(new string?[,] { { "a", null } }));
        Assert.Equal(3, PayloadRoundTripTests.Back(new int[0, 3]).GetLength(1));
    }

    [Fact]
    public void A_small_array_travels_inline_and_either_form_is_read()
    {
        var payload = PayloadCodecs.Encode(new short[] { 1, 2 });
        Assert.Equal("c40401000200", Convert.ToHexStringLower(payload.Body.Span));
        var outOfBand = new Payload(new byte[] { 1 }, [default, new byte[] { 7, 0 }]);
        Assert.Equal([(short)7], PayloadCodecs.Decode<short[]>(outOfBand));
    }

    [Fact]
    public void A_writer_without_a_buffer_list_writes_everything_inline()
    {
        var bytes = new byte[100_000];
        bytes[^1] = 9;
        var output = new ArrayBufferWriter<byte>();
        var writer = new PayloadWriter(output);
        PayloadCodecs.For<byte[]>().Write(ref writer, bytes);
        writer.Flush();
        Assert.Equal(bytes.Length + 5, output.WrittenCount);
        Assert.Equal(bytes, PayloadCodecs.Decode<byte[]>(new Payload(output.WrittenMemory)));
    }

    [Fact]
    public void A_large_list_is_copied_because_it_may_change()
    {
        var list = Enumerable.Range(0, 10_000).ToList();
        var payload = PayloadCodecs.Encode(list);
        list[0] = 77;
        Assert.Equal(0, PayloadCodecs.Decode<List<int>>(payload)![0]);
    }

    [Fact]
    public void Bodies_beyond_the_scratch_array_are_whole()
    {
        var texts = Enumerable.Range(0, 50_000).Select(i => i.ToString()).ToArray();
        var payload = PayloadCodecs.Encode(texts);
        _ = PayloadCodecs.Encode(Enumerable.Repeat("x", 50_000).ToArray());
        Assert.Equal(texts, PayloadCodecs.Decode<string[]>(payload));
    }

    [Fact]
    public void Measured_sizes_are_near_the_truth()
    {
        Assert.InRange(PayloadCodecs.For<int[]>().Measure(new int[1000]), 4000, 4100);
        Assert.InRange(PayloadCodecs.For<string>().Measure(new string('x', 1000)), 2000, 2100);
        var records = Enumerable.Range(0, 100_000).Select(i => new Point(i, i, i)).ToList();
        Assert.InRange(PayloadCodecs.For<List<Point>>().Measure(records), 3_000_000, 4_500_000);
        Assert.Equal(16 + 12, PayloadCodecs.For<Point>().Measure(new Point(1, 2, 3)));
    }
}
