using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Collections.Tests.Frames;

public sealed class CsvRangeTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("a,b\n1,x\n22,yy\n\n333,zzz\n")]
    [InlineData("a,b\r\n1,x\r\n22,yy\r\n333,zzz")]
    [InlineData("1,x\n22,yy\n")]
    public void Two_ranges_split_anywhere_have_the_rows_of_the_whole(string text)
    {
        File.WriteAllText(_path, text);
        var options = new CsvOptions { HasHeader = text[0] == 'a', NullValues = [] };
        CsvFile file = CsvFile.Open(_path, options);
        string whole = CsvReader.Read(_path, options).ToString();
        for (long cut = file.DataStart; cut <= file.Length; cut++)
        {
            Table first = ReadRange(file, options, file.DataStart, cut, 1),
                second = ReadRange(file, options, cut, file.Length, 1);
            Assert.Equal(whole, Table.Concat(first, second).ToString());
        }
    }

    [Fact]
    public void Ranges_shorter_than_a_row_leave_no_row_out_and_none_twice()
    {
        File.WriteAllText(_path,
            "a\n" + string.Concat(Enumerable.Range(0, 50).Select(i => new string('7', 1 + (i % 17)) + "\n")));
        var options = new CsvOptions { Schema = new Dictionary<string, DataType> { ["a"] = DataType.String } };
        CsvFile file = CsvFile.Open(_path, options);
        for (int size = 1; size < 25; size++)
        {
            var parts = new List<Table>();
            for (long start = file.DataStart; start < file.Length; start += size)
                parts.Add(ReadRange(file, options, start, Math.Min(start + size, file.Length), 3));
            Assert.Equal(CsvReader.Read(_path, options).ToString(), Table.Concat(parts).ToString());
        }
    }

    [Fact]
    public void Blocks_cut_where_rows_begin_whatever_is_quoted()
    {
        var cells = Gen.Elements("", "a", "\n", "\"", ",", "x\ny", "\"\n\"", "long text\r\n").ArrayOf(30).ToArbitrary();
        var sizes = Gen.Choose(1, 80).ToArbitrary();
        var options = new CsvOptions
        {
            Schema = new Dictionary<string, DataType> { ["a"] = DataType.String, ["b"] = DataType.String },
        };
        Prop.ForAll(cells, sizes, (values, size) =>
        {
            string[] a = [.. values.Take(values.Length / 2)], b = [.. values.Skip(values.Length / 2).Take(a.Length)];
            Table table = Table.FromColumns(Column.Of<string>("a", a), Column.Of<string>("b", b));
            CsvWriter.Write(table, _path, options);
            CsvFile file = CsvFile.Open(_path, options);
            using Stream content = file.OpenContent();
            CsvSplitter.SkipTo(content, file.DataStart);
            var parts = new List<Table> { Table.Empty(table.Schema) };
            foreach (CsvBlock block in CsvSplitter.Blocks(content, file, options, size))
            {
                var origin = new CsvOrigin(_path, block.Range.Start, block.Range.FirstLine);
                parts.Add(CsvParser.Parse(block.Bytes.Span, CsvFormat.From(options, file.Schema), origin));
                Assert.Equal(File.ReadAllBytes(_path).Take((int)block.Range.Start).Count(c => c == '\n') + 1,
                    block.Range.FirstLine);
            }
            Table whole = Table.Concat(parts);
            Assert.Equal(ColumnTests.Objects(table["a"]), ColumnTests.Objects(whole["a"]));
            Assert.Equal(ColumnTests.Objects(table["b"]), ColumnTests.Objects(whole["b"]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var texts = Gen.Elements<string?>(
            null, "", "NA", "a,b", "\"", "tabs\tand ", "line\r\nend", "żółw", "1").ArrayOf(25);
        var rows = texts.SelectMany(t => ArbMap.Default.GeneratorFor<double>().ArrayOf(t.Length)
            .SelectMany(d => ArbMap.Default.GeneratorFor<long>().ArrayOf(t.Length).Select(
                n => (t, d, n)))).ToArbitrary();
        var separators = Gen.Elements(',', ';', '\t').ToArbitrary();
        Prop.ForAll(rows, separators, (row, separator) =>
        {
            Table table = Table.FromColumns(
                Column.Of("text", row.t),
                Column.OfNullable<double>("real", Array.ConvertAll(row.d, d => double.IsNaN(d) ? null : (double?)d)),
                Column.Of("number", row.n),
                Column.Of("flag", Array.ConvertAll(row.n, n => n % 2 == 0)),
                Column.Of("single", Array.ConvertAll(row.n, n => n / 3f)));
            var options = new CsvOptions
            {
                Separator = separator,
                Schema = table.Schema.ToDictionary(f => f.Name, f => f.Type)
            };
            CsvWriter.Write(table, _path, options);
            Table back = CsvReader.Read(_path, options);
            Assert.Equal(table.Schema, back.Schema);
            foreach (Column column in table.Columns)
                Assert.Equal(ColumnTests.Objects(column), ColumnTests.Objects(back[column.Name]));
        }).QuickCheckThrowOnFailure();
    }

    private static Table ReadRange(CsvFile file, CsvOptions options, long start, long end, int step)
    {
        using var handle = File.OpenHandle(file.Path);
        (ReadOnlyMemory<byte> bytes, long at) = CsvRangeReader.Read(handle, new CsvRange(start, end, false, 0), file.DataStart, step);
        return CsvParser.Parse(bytes.Span, CsvFormat.From(options, file.Schema), new CsvOrigin(file.Path, at, 0));
    }
}
