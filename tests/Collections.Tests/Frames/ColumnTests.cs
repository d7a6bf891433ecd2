namespace TaskGraph.Collections.Tests.Frames;

public class ColumnTests
{
    [Fact]
    public void Values_and_nulls_are_kept_apart()
    {
        Column column = Column.OfNullable<long>("x", 1, null, 3);

        Assert.Equal(3, column.Length);
        Assert.Equal(1, column.NullCount);
        Assert.True(column.IsNull(1));
        Assert.Equal([1L, null, 3L], Objects(column));
    }

    [Fact]
    public void Text_is_kept_as_utf8_and_comes_back_as_strings()
    {
        Column column = Column.Of<string?>("s", "a", null, "", "żółw");

        Assert.Equal(["a", null, "", "żółw"], Objects(column));
        string?[] strings = ((Column<string?>)column).Values.ToArray();
        Assert.True(strings.SequenceEqual(["a", null, "", "żółw"]));
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(8, 12)]
    [InlineData(3, 9)]
    [InlineData(20, 0)]
    public void A_slice_has_the_rows_it_names(int start, int length)
    {
        foreach (Column column in Samples())
            Assert.Equal(Objects(column)[start..(start + length)], Objects(column.Slice(start, length)));
    }

    [Fact]
    public void Taking_follows_the_indices_and_a_negative_one_gives_null()
    {
        foreach (Column column in Samples())
        {
            object?[] all = Objects(column);
            Assert.Equal([all[5], null, all[0], all[5]], Objects(column.Take([5, -1, 0, 5])));
        }
    }

    [Fact]
    public void A_slice_of_text_can_be_taken_from_and_joined()
    {
        Column middle = Column.Of("s", "ab", "cde", "f", "gh").Slice(1, 2);

        Assert.Equal(["f", "cde"], Objects(middle.Take([1, 0])));
        Assert.Equal(["cde", "f", "cde", "f"], Objects(Column.Concat([middle, middle])));
    }

    [Fact]
    public void Concat_joins_values_and_nulls()
    {
        foreach (Column column in Samples())
        {
            object?[] all = Objects(column);
            Column joined = Column.Concat([column.Slice(0, 7), column.Slice(7, 0), column.Slice(7, 13)]);
            Assert.Equal(all, Objects(joined));
            Assert.Equal(column.NullCount, joined.NullCount);
        }
    }

    [Fact]
    public void Filter_keeps_what_the_mask_marks()
    {
        foreach (Column column in Samples())
        {
            object?[] all = Objects(column);
            bool[] mask = [.. Enumerable.Range(0, all.Length).Select(i => i % 3 == 1)];
            Assert.Equal(all.Where((_, i) => mask[i]), Objects(column.Filter(mask)));
        }
    }

    [Fact]
    public void A_row_outside_is_refused()
    {
        Column column = Column.Of("x", 1L, 2L);

        Assert.Throws<ArgumentOutOfRangeException>(() => column.IsNull(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Slice(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Slice(-1, 1));
    }

    [Fact]
    public void Bytes_are_counted()
    {
        Assert.Equal(24, Column.Of("x", 1L, 2L, 3L).ByteCount);
        Assert.Equal(25, Column.OfNullable<double>("x", 1, null, 3).ByteCount);
        Assert.Equal((4 * 4) + 6, Column.Of("s", "ab", "", "cdef").ByteCount);
    }

    internal static object?[] Objects(Column column) =>
        [.. Enumerable.Range(0, column.Length).Select(column.GetValue)];

    private static IEnumerable<Column> Samples()
    {
        long?[] numbers = [.. Enumerable.Range(0, 20).Select(i => i % 6 == 2 ? (long?)null : i * i)];
        yield return Column.OfNullable<long>("a", numbers);
        yield return Column.OfNullable<double>("b", Array.ConvertAll(numbers, n => (double?)(n / 2.0)));
        yield return Column.OfNullable<float>("c", Array.ConvertAll(numbers, n => (float?)n));
        yield return Column.OfNullable<bool>(
            "d", Array.ConvertAll(numbers, n => n is { } v ? v % 2 == 0 : (bool?)null));
        yield return Column.Of<string?>(
            "e", Array.ConvertAll(numbers, n => n is { } v ? new string('x', (int)v % 9) : null));
        yield return Column.Of<long>("f", Array.ConvertAll(numbers, n => n ?? -1));
    }
}
