using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

public sealed class PlanTests : IDisposable
{
    private static readonly Schema s_source = new(
        new[] { "a", "b", "c", "d", "e" }.Select(name => new Field(name, DataType.Int64)));

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_program_does_the_same_after_the_wire()
    {
        Table table = Table.FromColumns(
            Column.Of("a", 5L, 1L, 4L, 3L), Column.Of<string?>("s", "x", null, "y", "x"),
                Column.Of("z", 1.5, 2.5, 3.5, 4.5));
        var program = new PartitionProgram(
        [
            new FilterStep(Col("a") > 1),
            new WithColumnStep("twice", Col("a") * 2),
            new RowIndexStep("n", 100),
            new RenameStep([("s", "text"), ("not read", "passed over")]),
            new DropStep(["z", "not read"]),
            new SortStep([new SortKey("a", Descending: true)]),
            new SelectStep([Col("n"), Col("text"), (Col("twice") + 1).As("odd")]),
            new HeadStep(2),
        ]);

        PartitionProgram back = PayloadCodecs.Decode<PartitionProgram>(PayloadCodecs.Encode(program));

        Table result = back.Run(table);
        Assert.Equal(program.Run(table).ToString(), result.ToString());
        Assert.Equal([100L, 101L], ColumnTests.Objects(result["n"]));
        Assert.Equal(["x", "y"], ColumnTests.Objects(result["text"]));
        Assert.Equal([11L, 9L], ColumnTests.Objects(result["odd"]));
    }

    [Fact]
    public void Group_states_survive_the_wire()
    {
        var spec = new AggregateSpec(["k"], [Count(), Mean(Col("v") * 2).As("m"), Max("v")]);
        AggregateSpec back = PayloadCodecs.Decode<AggregateSpec>(PayloadCodecs.Encode(spec));
        Table first = Table.FromColumns(Column.Of("k", 1L, 2L, 1L), Column.Of("v", 1.0, 2.0, 3.0));
        Table second = Table.FromColumns(Column.Of("k", 2L), Column.Of("v", 5.0));
        Table[] states = [.. new[] { first, second }.Select(part => PayloadCodecs.Decode<Table>(
            PayloadCodecs.Encode(new PartialStep(back).Apply(part))))];

        Table result = PartitionTasks.Finish(states, back);

        Assert.Equal(Table.Concat(first, second).GroupBy(spec.Keys, spec.Aggregates).ToString(), result.ToString());
        Assert.Equal([4.0, 7.0], ColumnTests.Objects(result["m"]));
    }

    [Fact]
    public void Damaged_programs_are_refused()
    {
        byte[] good = PayloadCodecs.Encode(
            new PartitionProgram([new FilterStep(Col("a") > 1), new DropStep(["b"])])).Body.ToArray();
        int refused = 0;
        for (int place = 0; place < good.Length; place++)
        {
            byte[] bad = [.. good];
            bad[place] = 0xc1;
            try
            {
                PayloadCodecs.Decode<PartitionProgram>(new Payload(bad));
            }
            catch (MessagePackException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, good.Length / 2, good.Length);
    }

    [Fact]
    public void Only_columns_that_are_used_are_needed()
    {
        Assert.Equal(["a", "b"], Needed(null, new FilterStep(Col("b") > 0), new SelectStep([Col("a")])));
        Assert.Equal(["c", "d"], Needed(null, new PartialStep(new AggregateSpec(["c"], [Count(), Sum("d")]))));
        Assert.Equal(["a"], Needed(["x"], new WithColumnStep("x", Col("a") + 1)));
        Assert.Equal(["b"], Needed(["y"], new RenameStep([("b", "y")])));
        Assert.Equal(["a", "b", "d", "e"], Needed(null, new DropStep(["c"])));
        Assert.Equal(["a", "b", "c", "d", "e"], Needed(null, new MapStep(table => table), new SelectStep([Col("a")])));
        Assert.Equal(["a", "b"], Needed(null, new SelectStep([Col("a"), Col("b")]), new MapStep(table => table)));
        Assert.Equal([], Needed([], new RowIndexStep("n", 0)));
    }

    [Fact]
    public void A_program_over_the_needed_columns_gives_what_it_gives_over_all()
    {
        Table table = Table.FromColumns([.. s_source.Names.Select((name, c) =>
            Column.Of<long>(name, [.. Enumerable.Range(0, 30).Select(row => (long)(row * (c + 3) % 7))]))]);
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var steps = new List<Step>();
            for (int i = random.Next(7); i > 0; i--)
                steps.Add(RandomStep(random, [.. NeededColumns.SchemaAfter(s_source, steps).Names], i));
            var program = new PartitionProgram(steps);
            Table expected = program.Run(table);
            string[] outputs = [.. expected.Schema.Names.Where(_ => random.Next(2) == 0).DefaultIfEmpty(
                expected.Schema[0].Name)];
            IReadOnlySet<string> needed = NeededColumns.Of(s_source, steps, outputs.ToHashSet())!;
            string[] read = [.. s_source.Names.Where(needed.Contains).DefaultIfEmpty("a")];
            Table result = program.Run(table.Select(read)).Select(outputs);
            Assert.Equal(Csv(expected.Select(outputs)), Csv(result));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static Step RandomStep(Random random, string[] names, int number)
    {
        string Any() => names[random.Next(names.Length)];
        return random.Next(8) switch
        {
            0 => new FilterStep(Col(Any()) > Col(Any())),
            1 => new WithColumnStep(random.Next(2) == 0 ? $"new{number}" : Any(), Col(Any()) + Col(Any())),
            2 => new SelectStep([Col(Any()), (Col(Any()) * 2).As($"double{number}")]),
            3 => new RenameStep([(Any(), $"renamed{number}")]),
            4 when names.Length > 1 => new DropStep([Any()]),
            5 => new RowIndexStep($"index{number}", 10),
            6 => new SortStep([new SortKey(Any(), random.Next(2) == 0)]),
            _ => new HeadStep(random.Next(20)),
        };
    }

    [Fact]
    public void Ranges_and_sent_pieces_give_the_rows_of_the_file()
    {
        string text = "a,b\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i},text {i % 97}\n"));
        File.WriteAllText(_path, text);
        Table whole = CsvReader.Read(_path);
        CsvFile file = CsvFile.Open(_path, new CsvOptions());
        var ranges = new List<Table>();
        for (long start = file.DataStart; start < file.Length; start += 1000)
        {
            var range = new CsvRange(start, Math.Min(start + 1000, file.Length), false, 0);
            ranges.Add(PartitionTasks.ReadRange(Travel(NewTask(file, range)), PartitionProgram.Empty));
        }
        Assert.True(ranges.Count > 20);
        Assert.Equal(Csv(whole), Csv(Table.Concat(ranges)));

        using Stream content = file.OpenContent();
        CsvSplitter.SkipTo(content, file.DataStart);
        Table[] sent = [.. CsvSplitter.Blocks(content, file, new CsvOptions(), 5000).Select(
            block => PartitionTasks.ParsePieces(
            PartitionTasks.Pack(block.Bytes.Span, 300), Travel(NewTask(file, block.Range)), PartitionProgram.Empty))];
        Assert.True(sent.Length > 5);
        Assert.Equal(Csv(whole), Csv(Table.Concat(sent)));
    }

    [Fact]
    public void Ranges_of_a_gzip_file_are_cut_out_of_its_content()
    {
        string text = "a,b\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i},\"quoted\n{i % 97}\"\n"));
        using (var packed = new GZipStream(File.Create(_path), CompressionLevel.Fastest))
            packed.Write(Encoding.UTF8.GetBytes(text));
        CsvFile file = CsvFile.Open(_path, new CsvOptions());
        using Stream content = file.OpenContent();
        CsvSplitter.SkipTo(content, file.DataStart);
        Table[] parts = [.. CsvSplitter.Blocks(content, file, new CsvOptions(), 5000).Select(
            block => PartitionTasks.ReadRange(Travel(NewTask(file, block.Range)), PartitionProgram.Empty))];

        Assert.True(file.IsGzip && parts.Length > 5);
        Assert.Equal(Csv(CsvReader.Read(_path)), Csv(Table.Concat(parts)));
    }

    [Fact]
    public void A_file_that_is_not_there_or_has_changed_is_named()
    {
        File.WriteAllText(_path, "a\n1\n");
        CsvFile file = CsvFile.Open(_path, new CsvOptions());
        CsvTask task = NewTask(file, new CsvRange(2, 4, false, 2));

        File.WriteAllText(_path, "a\n1\n2\n");
        var changed = Assert.Throws<IOException>(() => PartitionTasks.ReadRange(task, PartitionProgram.Empty));
        var absent = Assert.Throws<IOException>(
            () => PartitionTasks.ReadRange(task with { Path = "/no/such/file.csv" }, PartitionProgram.Empty));

        Assert.Contains(_path, changed.Message, StringComparison.Ordinal);
        Assert.Contains("/no/such/file.csv", absent.Message, StringComparison.Ordinal);
        Assert.Contains(PartitionTasks.LocalReadsVariable, absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_tells_contents_apart()
    {
        File.WriteAllText(_path, new string('x', 500_000));
        FileProbe first = FileProbe.Of(_path);
        Assert.Equal(first, FileProbe.Of(_path));

        File.WriteAllText(_path, new string('x', 499_999) + "y");
        Assert.NotEqual(first, FileProbe.Of(_path));
        Assert.Equal(FileProbe.None, FileProbe.TryOf("/no/such/file"));
    }

    [Fact]
    public void A_quote_that_the_sample_did_not_show_is_refused_where_rows_may_have_been_cut()
    {
        File.WriteAllText(_path, "a,b\n1,x\n2,\"y\nz\"\n");
        CsvFile file = CsvFile.Open(_path, new CsvOptions { SampleBytes = 8 });
        CsvTask task = NewTask(file, new CsvRange(4, file.Length, false, 2)) with { ForbidsQuotes = true };

        var error = Assert.Throws<CsvException>(() => PartitionTasks.ReadRange(Travel(task), PartitionProgram.Empty));

        Assert.Contains("a quote at byte 10", error.Message, StringComparison.Ordinal);
        Assert.Contains("QuotedNewlines", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Workers_that_see_the_file_read_their_share_of_it()
    {
        FileProbe[] probes = [FileProbe.None];
        var some = new WorkerSight(probes, ["b", "c"], WorkerCount: 3, ThreadCount: 6);
        var all = new WorkerSight(probes, ["a", "b", "c"], WorkerCount: 3, ThreadCount: 6);
        var none = new WorkerSight(probes, [], WorkerCount: 3, ThreadCount: 6);

        Assert.Equal([true, true, false, true, true, false], Enumerable.Range(0, 6).Select(some.Reads));
        Assert.Equal(["b", "c"], some.ReaderOptions!.Workers);
        Assert.True(all.AllSee && all.Reads(2));
        Assert.Null(all.ReaderOptions);
        Assert.False(none.Reads(0));
    }

    private static string[] Needed(string[]? outputs, params Step[] steps) =>
        [.. NeededColumns.Of(s_source, steps, outputs?.ToHashSet())!.Order()];

    private static CsvTask NewTask(CsvFile file, CsvRange range) => new(
        file.Path, FileProbe.Of(file.Path), file.IsGzip, file.DataStart, range, false,
            CsvFormat.From(new CsvOptions(), file.Schema));

    private static CsvTask Travel(CsvTask task) => PayloadCodecs.Decode<CsvTask>(PayloadCodecs.Encode(task));

    private static string Csv(Table table)
    {
        using var text = new MemoryStream();
        CsvWriter.Write(table, text);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
