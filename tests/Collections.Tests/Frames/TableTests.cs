namespace TaskGraph.Collections.Tests.Frames;

public class TableTests
{
    private static readonly Table s_table = Table.FromColumns(
        Column.Of("id", 1L, 2L, 3L), Column.Of<string?>("name", "Ann", null, "Bob"), Column.Of("x", 0.5, 1.0, 1e20));

    [Fact]
    public void Columns_are_found_by_name_and_type()
    {
        Assert.Equal(2L, s_table.Column<long>("id")[1]);
        Assert.Equal([0.5, 1.0, 1e20], s_table.Column<double>("x").Values.ToArray());
        Assert.Equal("id: int64, name: string, x: double", s_table.Schema.ToString());
    }

    [Fact]
    public void A_missing_column_is_named_with_those_that_exist()
    {
        var error = Assert.Throws<SchemaException>(() => s_table["nme"]);
        Assert.Contains("'nme'", error.Message, StringComparison.Ordinal);
        Assert.Contains("id, name, x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_asked_for_as_another_type_is_refused()
    {
        var error = Assert.Throws<SchemaException>(() => s_table.Column<long>("x"));
        Assert.Contains("double, not int64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_different_length_or_equal_name_make_no_table()
    {
        Assert.Throws<SchemaException>(() => Table.FromColumns(Column.Of("a", 1L), Column.Of("b", 1L, 2L)));
        Assert.Throws<SchemaException>(() => Table.FromColumns(Column.Of("a", 1L), Column.Of("a", 2L)));
    }

    [Fact]
    public void Tables_of_different_columns_are_not_joined()
    {
        Table other = Table.FromColumns(Column.Of("id", 1.0));
        Assert.Throws<SchemaException>(() => Table.Concat(s_table.Select("id"), other));
    }

    [Fact]
    public void Records_become_rows()
    {
        Table table = Table.FromRecords(
            [new Person("Ann", 30, null, Color.Red), new Person("Bob", 40, 1.5, Color.Blue)]);

        Assert.Equal("Name: string, Age: int64, Height: double, Favourite: string", table.Schema.ToString());
        Assert.Equal(["Ann", 30L, null, "Red"], table.Columns.Select(column => column.GetValue(0)));
        Assert.Equal(["Bob", 40L, 1.5, "Blue"], table.Columns.Select(column => column.GetValue(1)));
    }

    [Fact]
    public void A_record_with_an_unfit_property_is_refused_by_name()
    {
        var error = Assert.Throws<NotSupportedException>(() => Table.FromRecords([new { When = DateTime.UnixEpoch }]));
        Assert.Contains("When", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_prints_aligned_with_types_nulls_and_shape()
    {
        string[] lines =
        [
            "   id  name         x",
            "int64  string  double",
            "    1  Ann        0.5",
            "    2  null       1.0",
            "    3  Bob      1E+20",
            "[3 rows x 3 columns]",
        ];
        Assert.Equal(string.Join('\n', lines), s_table.ToString());
    }

    [Fact]
    public void A_long_table_prints_its_ends()
    {
        Table table = Table.FromColumns(Column.Of<long>("n", [.. Enumerable.Range(0, 1000).Select(i => (long)i)]));
        string[] lines = table.ToString().Split('\n');

        Assert.Equal(2 + 10 + 1 + 10 + 1, lines.Length);
        Assert.Equal("9", lines[11].Trim());
        Assert.Equal("…", lines[12].Trim());
        Assert.Equal("990", lines[13].Trim());
        Assert.Equal("[1,000 rows x 1 columns]", lines[^1]);
    }

    [Fact]
    public void Sorting_is_stable_and_puts_nulls_last_both_ways()
    {
        Table table = Table.FromColumns(
            Column.OfNullable<double>("k", 2, null, 1, double.NaN, 2), Column.Of("n", 0L, 1L, 2L, 3L, 4L));

        Assert.Equal([2L, 0L, 4L, 3L, 1L], table.SortBy("k").Column<long>("n").Values.ToArray());
        Assert.Equal([3L, 0L, 4L, 2L, 1L], table.SortBy("k", descending: true).Column<long>("n").Values.ToArray());
    }

    private enum Color
    {
        Red,
        Blue,
    }

    private sealed record Person(string Name, int Age, double? Height, Color Favourite);
}
