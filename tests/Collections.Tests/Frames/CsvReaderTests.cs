using System.IO.Compression;
using System.Text;

namespace TaskGraph.Collections.Tests.Frames;

public sealed class CsvReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("taskgraph-csv").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Types_are_inferred_from_the_narrowest_up()
    {
        Table table = Read("i,d,b,s,n\n1,1.5,true,x,\n-2,3,False,1,NA\n,,,,\n");

        Assert.Equal("i: int64, d: double, b: bool, s: string, n: string", table.Schema.ToString());
        Assert.Equal([1L, -2L, null], ColumnTests.Objects(table["i"]));
        Assert.Equal([1.5, 3.0, null], ColumnTests.Objects(table["d"]));
        Assert.Equal([true, false, null], ColumnTests.Objects(table["b"]));
        Assert.Equal(["x", "1", null], ColumnTests.Objects(table["s"]));
        Assert.Equal(3, table["n"].NullCount);
    }

    [Fact]
    public void Quotes_hold_separators_doubled_quotes_and_line_ends()
    {
        Table table = Read("a,b\n\"x, \"\"y\"\"\",1\n\"two\nlines\",2\n\"\",3\n");

        Assert.Equal(["x, \"y\"", "two\nlines", ""], ColumnTests.Objects(table["a"]));
        Assert.Equal([1L, 2L, 3L], ColumnTests.Objects(table["b"]));
    }

    [Fact]
    public void Windows_line_ends_a_byte_order_mark_and_a_missing_last_line_end_are_understood()
    {
        Table table = Read("\ufeffa,b\r\n1,\"x\"\r\n\r\n2,y");

        Assert.Equal(["a", "b"], table.Schema.Names);
        Assert.Equal([1L, 2L], ColumnTests.Objects(table["a"]));
        Assert.Equal(["x", "y"], ColumnTests.Objects(table["b"]));
    }

    [Fact]
    public void A_file_of_one_column_keeps_its_empty_lines_as_nulls()
    {
        Assert.Equal([1L, null, 3L], ColumnTests.Objects(Read("a\n1\n\n3\n")["a"]));
    }

    [Fact]
    public void Separator_quote_escape_names_and_nulls_can_be_chosen()
    {
        var options = new CsvOptions
        {
            Separator = ';',
            Quote = '\'',
            Escape = '\\',
            HasHeader = false,
            ColumnNames = ["a", "b"],
            NullValues = ["-"],
        };
        Table table = Read("'it\\'s; \\\\';-\nNA;2\n", options);

        Assert.Equal(["it's; \\", "NA"], ColumnTests.Objects(table["a"]));
        Assert.Equal([null, 2L], ColumnTests.Objects(table["b"]));
    }

    [Fact]
    public void Without_a_header_columns_are_numbered()
    {
        Assert.Equal(["column_0", "column_1"], Read("1,2\n", new CsvOptions { HasHeader = false }).Schema.Names);
    }

    [Fact]
    public void Only_the_wanted_columns_are_read_in_their_order()
    {
        Table table = Read("a,b,c\n1,x,2\n", new CsvOptions { Columns = ["c", "a"] });
        Assert.Equal("c: int64, a: int64", table.Schema.ToString());
    }

    [Fact]
    public void Types_can_be_given()
    {
        var options = new CsvOptions
        {
            Schema = new Dictionary<string, DataType> { ["a"] = DataType.String, ["b"] = DataType.Float32 },
        };
        Assert.Equal("a: string, b: float", Read("a,b\n007,1.25\n", options).Schema.ToString());
    }

    [Fact]
    public void A_value_of_another_type_is_reported_with_file_line_and_column()
    {
        string text = "a,b\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i},\"x\ny\"\n")) + "bad,z\n";
        var error = Assert.Throws<CsvException>(() => Read(text, new CsvOptions { SampleBytes = 64 }));

        Assert.Contains($"{Path("t.csv")}, line 1202, column 'a': 'bad' is not a int64", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_another_length_is_reported_with_file_and_line()
    {
        var error = Assert.Throws<CsvException>(() => Read("a,b\n1,2\n1,2,3\n"));
        Assert.Contains("line 3: the row has 3 fields where 2 were expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_is_not_closed_is_reported()
    {
        var error = Assert.Throws<CsvException>(() => Read("a,b\n1,2\n\"3,4\n"));
        Assert.Contains("line 3: a quoted field is not closed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BadRowPolicy.Skip, "1 2 7")]
    [InlineData(BadRowPolicy.Null, "1 2 . 4 6 7")]
    public void Bad_rows_are_skipped_or_filled_with_nulls_as_asked(BadRowPolicy policy, string expected)
    {
        var options = new CsvOptions
        {
            BadRows = policy,
            Schema = new Dictionary<string, DataType> { ["a"] = DataType.Int64, ["b"] = DataType.Int64 },
        };
        Table table = Read("a,b\n1,1\n2,1\nx,1\n4\n6,1,1\n7,1\n", options);

        Assert.Equal(expected, string.Join(' ', ColumnTests.Objects(table["a"]).Select(value => value ?? ".")));
    }

    [Fact]
    public void A_column_that_does_not_exist_is_refused_before_reading()
    {
        var error = Assert.Throws<SchemaException>(() => Read("a,b\n1,2\n", new CsvOptions { Columns = ["c"] }));
        Assert.Contains("no column 'c'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_repeats_a_name_or_is_missing_is_refused()
    {
        Assert.Throws<CsvException>(() => Read("a,a\n1,2\n"));
        Assert.Throws<CsvException>(() => Read(""));
    }

    [Fact]
    public void A_header_without_rows_is_an_empty_table()
    {
        Table table = Read("a,b\n");
        Assert.Equal(0, table.RowCount);
        Assert.Equal(["a", "b"], table.Schema.Names);
    }

    [Fact]
    public void Gzip_is_told_by_its_content()
    {
        string path = Path("packed");
        using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            packed.Write("a\n1\n2\n"u8);

        Assert.Equal([1L, 2L], ColumnTests.Objects(CsvReader.Read(path)["a"]));
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("-273.15")]
    [InlineData("123456789012345678")]
    [InlineData("9007199254740993")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("4.9e-324")]
    [InlineData("2.2250738585072011e-308")]
    [InlineData("-8.96e-06")]
    [InlineData("0.30000001192092896")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData(" 7.25 ")]
    public void Floating_point_numbers_are_read_exactly(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        Assert.True(NumberParser.TryParse(bytes, out double number));
        Assert.Equal(double.Parse(text), number);
        Assert.True(NumberParser.TryParse(bytes, out float single));
        Assert.Equal(float.Parse(text), single);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    public void What_is_no_number_is_none(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        Assert.False(NumberParser.TryParse(bytes, out double _));
        Assert.False(NumberParser.TryParse(bytes, out long _));
    }

    [Theory]
    [InlineData("9223372036854775807", true)]
    [InlineData("-9223372036854775808", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("+12", true)]
    public void Integers_reach_their_limits(string text, bool fits)
    {
        Assert.Equal(fits, NumberParser.TryParse(Encoding.UTF8.GetBytes(text), out long value));
        Assert.Equal(fits ? long.Parse(text) : 0, value);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder, name);

    private Table Read(string text, CsvOptions? options = null)
    {
        File.WriteAllText(Path("t.csv"), text);
        return CsvReader.Read(Path("t.csv"), options);
    }
}
