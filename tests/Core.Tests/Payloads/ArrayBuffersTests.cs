namespace TaskGraph.Tests;

public class ArrayBuffersTests
{
    private static readonly double[] s_values = [.. Enumerable.Range(0, 20_000).Select(i => i / 3.0)];

    public static TheoryData<Array, ArrayElement> Arrays => new()
    {
        { new byte[100_000], ArrayElement.Byte },
        { new sbyte[100_000], ArrayElement.SByte },
        { new short[100_000], ArrayElement.Int16 },
        { new ushort[100_000], ArrayElement.UInt16 },
        { new int[100_000], ArrayElement.Int32 },
        { new uint[100_000], ArrayElement.UInt32 },
        { new long[100_000], ArrayElement.Int64 },
        { new ulong[100_000], ArrayElement.UInt64 },
        { new float[100_000], ArrayElement.Single },
        { new double[100_000], ArrayElement.Double },
        { new char[100_000], ArrayElement.Char },
        { new bool[100_000], ArrayElement.None },
    };

    [Theory]
    [MemberData(nameof(Arrays))]
    public void The_elements_of_a_large_array_are_named(Array array, ArrayElement element)
    {
        var payload = PayloadCodecs.Encode(array.GetType(), array);
        Assert.Equal([0, (byte)element], payload.Elements);
        Assert.Equal(array, PayloadCodecs.Decode(array.GetType(), Arrived(payload)));
    }

    [Fact]
    public void Small_arrays_and_scalars_name_no_elements()
    {
        Assert.Empty(PayloadCodecs.Encode(new double[200]).Elements);
        Assert.Empty(PayloadCodecs.Encode(17).Elements);
    }

    [Fact]
    public void Bytes_that_arrived_in_an_array_of_their_elements_are_not_copied()
    {
        var arrived = Arrived(PayloadCodecs.Encode(s_values));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var values = PayloadCodecs.Decode<double[]>(arrived);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.Equal(s_values, values);
    }

    [Fact]
    public void Only_one_reader_gets_the_array_itself()
    {
        var arrived = Arrived(PayloadCodecs.Encode(s_values));
        var first = PayloadCodecs.Decode<double[]>(arrived);
        var second = PayloadCodecs.Decode<double[]>(arrived);
        Assert.NotSame(first, second);
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_reader_of_other_elements_gets_a_copy()
    {
        var arrived = Arrived(PayloadCodecs.Encode(s_values));
        var bits = PayloadCodecs.Decode<long[]>(arrived);
        Assert.Equal(Array.ConvertAll(s_values, BitConverter.DoubleToInt64Bits), bits);
        Assert.Equal(s_values, PayloadCodecs.Decode<double[]>(arrived));
    }

    [Fact]
    public void An_array_of_the_sender_is_never_handed_out()
    {
        var payload = PayloadCodecs.Encode(s_values);
        Assert.NotSame(s_values, PayloadCodecs.Decode<double[]>(payload));
    }

    [Theory]
    [InlineData(10, 100_001)]
    [InlineData(200, 100_000)]
    [InlineData(10, 100)]
    public void What_does_not_fit_the_elements_arrives_as_bytes(byte element, int bytes)
    {
        var memory = ArrayBuffers.Allocate(element, bytes);
        Assert.Equal(bytes, memory.Length);
        Assert.Equal(ArrayElement.Byte, ArrayBuffers.ElementOf(memory));
    }

    /// <summary>The payload as a receiver has it: its buffers in arrays made for them.</summary>
    private static Payload Arrived(Payload sent)
    {
        var elements = sent.Elements;
        var buffers = new ReadOnlyMemory<byte>[sent.Buffers.Length];
        for (var i = 0; i < buffers.Length; i++)
        {
            var memory = ArrayBuffers.Allocate(elements[i + 1], sent.Buffers[i].Length);
            sent.Buffers[i].CopyTo(memory);
            buffers[i] = memory;
        }

        return new Payload(sent.Body, buffers);
    }
}
