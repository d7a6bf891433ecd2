using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

public class TableCodecTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(5000)]
    public void A_table_comes_back_as_it_was_sent(int rows)
    {
        Table table = Sample(rows);
        Payload payload = PayloadCodecs.Encode(table);
        Table back = PayloadCodecs.Decode<Table>(payload);

        Assert.Equal(table.Schema, back.Schema);
        foreach (Column column in table.Columns)
        {
            Assert.Equal(column.NullCount, back[column.Name].NullCount);
            Assert.Equal(ColumnTests.Objects(column), ColumnTests.Objects(back[column.Name]));
        }
    }

    [Fact]
    public void A_slice_sends_only_its_own_bytes()
    {
        Table slice = Sample(100_000).Slice(77, 100);
        Payload payload = PayloadCodecs.Encode(slice);

        Assert.InRange(payload.ByteCount, 1000, 6000);
        Assert.Equal(slice.ToString(), PayloadCodecs.Decode<Table>(payload).ToString());
    }

    [Fact]
    public void Large_buffers_travel_uncopied()
    {
        Payload payload = PayloadCodecs.Encode(Sample(5000));
        // Five packed columns and the two buffers of the text; the bitmaps are shorter than 1 KiB.
        Assert.Equal(7, payload.Buffers.Length);
        Assert.InRange(payload.Body.Length, 1, 5 * 650);
    }

    [Fact]
    public void A_tables_memory_is_measured()
    {
        Table table = Sample(5000);
        Assert.InRange(PayloadCodecs.For<Table>().Measure(table), table.ByteCount, table.ByteCount + 1024);
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_never_make_a_broken_table()
    {
        byte[] good = PayloadCodecs.Encode(Sample(9)).Body.ToArray();
        Prop.ForAll(
            Gen.Choose(0, good.Length - 1).ToArbitrary(),
            Gen.Choose(0, 255).ToArbitrary(),
            (place, value) =>
            {
                byte[] bad = [.. good];
                bad[place] = (byte)value;
                try
                {
                    Assert.NotEmpty(PayloadCodecs.Decode<Table>(new Payload(bad)).ToString());
                }
                catch (MessagePackException)
                {
                    // A refusal is right; anything else would fail the test.
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Offsets_that_do_not_ascend_are_refused()
    {
        byte[] offsets = [.. new[] { 0, 5, 3, 6 }.SelectMany(BitConverter.GetBytes)];
        var column = new StringColumn("s", offsets, new byte[6], default);
        Payload payload = PayloadCodecs.Encode(Table.FromColumns(column));
        Assert.Throws<MessagePackException>(() => PayloadCodecs.Decode<Table>(payload));
    }

    [Fact]
    public void Expressions_come_back_as_they_were_sent()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Expr expression = RandomExpressions.Condition(new Random(seed), 5).As("x");
            Assert.Equal(expression.ToString(), Decode(Encode(expression)).ToString());
        }).QuickCheckThrowOnFailure();
        Expr text = Col("s").FillNull("none").StartsWith("n") | (Col("f").Cast(DataType.Float32) == 1.5f) | true;
        Assert.Equal(text.ToString(), Decode(Encode(text)).ToString());
    }

    [Fact]
    public void An_expression_that_nests_too_deep_is_refused_on_both_sides()
    {
        Expr deep = Col("x");
        for (int i = 0; i < 100; i++)
            deep = -deep;
        Assert.Throws<NotSerializableException>(() => Encode(deep));

        byte[] bomb = [.. Enumerable.Repeat(new byte[] { 0x93, 5, 2 }, 100_000).SelectMany(b => b)];
        Assert.Throws<MessagePackException>(() => Decode(bomb));
    }

    private static byte[] Encode(Expr expression)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PayloadWriter(output);
        ExprCodec.Write(ref writer, expression);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static Expr Decode(byte[] bytes)
    {
        var reader = new PayloadReader(new Payload(bytes));
        return ExprCodec.Read(ref reader);
    }

    private static Table Sample(int rows)
    {
        long?[] numbers = [.. Enumerable.Range(0, rows).Select(i => i % 6 == 2 ? (long?)null : i * 3)];
        return Table.FromColumns(
            Column.OfNullable<long>("long", numbers),
            Column.OfNullable<double>("double", Array.ConvertAll(numbers, n => (double?)(n / 2.0))),
            Column.OfNullable<float>("float", Array.ConvertAll(numbers, n => (float?)n)),
            Column.OfNullable<bool>("bool", Array.ConvertAll(numbers, n => n is { } v ? v % 2 == 0 : (bool?)null)),
            Column.Of<string?>("string", Array.ConvertAll(numbers, n => n is { } v ? $"text {v}" : null)),
            Column.Of<long>("whole", Array.ConvertAll(numbers, n => n ?? -1)));
    }
}
