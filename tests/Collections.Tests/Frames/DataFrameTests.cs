using System.IO.Compression;
using System.Text;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

/// <summary>Frames on two workers inside this process.</summary>
public sealed class DataFrameTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("taskgraph-frames").FullName;
    private LocalCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1, processes: false);
        _client = await Client.ConnectAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_csv_file_is_read_in_partitions_and_comes_back_whole()
    {
        Table table = Sample(5000);
        DataFrame frame = DataFrame.ReadCsv(_client, Write("a.csv", table), new CsvOptions { BlockBytes = 10_000 });

        DataFrame persisted = await frame.PersistAsync();

        Assert.True(persisted.Partitions.Count > 5);
        Assert.Equal(Csv(table), Csv(await persisted.ComputeAsync()));
        Assert.Equal(5000, await frame.CountAsync());
        Assert.Equal(Csv(table.Head(7)), Csv(await frame.HeadAsync(7)));
        Assert.Equal(Csv(table.Head(3000)), Csv(await frame.HeadAsync(3000)));
    }

    [Fact]
    public async Task Row_wise_steps_do_on_partitions_what_they_do_on_a_table()
    {
        Table table = Sample(2000);
        DataFrame frame = DataFrame.FromTable(_client, table, 7)
            .Where(Col("n") % 3 == 1)
            .WithColumn("twice", Col("x") * 2)
            .Rename("s", "text")
            .Drop("x")
            .Select("text", "twice", "n");
        Table expected = table.Where(Col("n") % 3 == 1).WithColumn("twice", Col("x") * 2);

        Table result = await frame.ComputeAsync();

        Assert.Equal("text: string, twice: double, n: int64", frame.Schema!.ToString());
        Assert.Equal(frame.Schema, result.Schema);
        Assert.Equal(ColumnTests.Objects(expected["twice"]), ColumnTests.Objects(result["twice"]));
        Assert.Equal(ColumnTests.Objects(expected["s"]), ColumnTests.Objects(result["text"]));
    }

    [Fact]
    public async Task A_group_by_over_partitions_is_that_over_the_table()
    {
        Table table = Sample(3000);
        Aggregate[] aggregates = [Mean("x").As("mean"), Count(), Sum("n"), Min("s"), Max("x")];
        DataFrame frame = DataFrame.ReadCsv(_client, Write("g.csv", table), new CsvOptions { BlockBytes = 4_000 });

        Table result = await frame.GroupBy("g").Agg(aggregates).ComputeAsync();
        Table sorted = await frame.GroupBy("g").Agg(aggregates).SortBy("mean", descending: true).HeadAsync(3);

        Table expected = table.GroupBy(["g"], aggregates);
        Assert.Equal(Csv(expected.Select("g", "count", "n_sum", "s_min", "x_max")),
            Csv(result.Select("g", "count", "n_sum", "s_min", "x_max")));
        for (int i = 0; i < expected.RowCount; i++)
            Assert.Equal(expected.Column<double>("mean")[i], result.Column<double>("mean")[i], 1e-12);
        Assert.Equal(ColumnTests.Objects(expected.SortBy("mean", descending: true).Head(3)["g"]),
            ColumnTests.Objects(sorted["g"]));
        Assert.Equal(3000L, (await frame.Agg(Count()).ComputeAsync())["count"].GetValue(0));
    }

    [Fact]
    public async Task Rows_are_numbered_over_all_partitions()
    {
        DataFrame frame = DataFrame.FromTable(_client, Sample(1000), 6).Where(Col("n") % 7 != 3).WithRowIndex("row");

        Table result = await frame.Where(Col("row") % 5 == 4).ComputeAsync();

        int rows = (int)await frame.CountAsync();
        Assert.Equal(Enumerable.Range(0, rows).Where(i => i % 5 == 4).Select(i => (object)(long)i),
            ColumnTests.Objects(result["row"])!);
    }

    [Fact]
    public async Task Any_function_can_be_run_on_partitions()
    {
        int factor = 3;
        DataFrame frame = DataFrame.FromTable(_client, Sample(100), 4)
            .MapPartitions(table => table.WithColumn("more", Col("n") * factor).Select("more"))
            .WithColumn("more", Col("more") + 1);

        Assert.Null(frame.Schema);
        Table result = await frame.ComputeAsync();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (object)((i * 3L) + 1)),
            ColumnTests.Objects(result["more"])!);
    }

    [Fact]
    public async Task A_frame_is_sorted_across_partitions()
    {
        Table table = Sample(500);
        Table result = await DataFrame.FromTable(_client, table, 10).SortBy(
            new SortKey("g"), new SortKey("x", true)).ComputeAsync();
        Assert.Equal(Csv(table.SortBy(new SortKey("g"), new SortKey("x", true))), Csv(result));
    }

    [Fact]
    public async Task A_gzip_file_with_quoted_line_ends_is_read_in_partitions()
    {
        Table table = Table.FromColumns(
            Column.Of<string>("t", [.. Enumerable.Range(0, 4000).Select(i => $"line\n{i}, \"quoted\"")]));
        string path = Write("q.csv", table);
        string packed = path + ".gz";
        using (var target = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            target.Write(File.ReadAllBytes(path));
        var options = new CsvOptions { BlockBytes = 20_000 };

        DataFrame plain = await DataFrame.ReadCsv(_client, path, options).PersistAsync();
        DataFrame zipped = await DataFrame.ReadCsv(_client, packed, options).PersistAsync();

        Assert.True(zipped.Partitions.Count > 3 && plain.Partitions.Count == zipped.Partitions.Count);
        Assert.Equal(Csv(table), Csv(await plain.ComputeAsync()));
        Assert.Equal(Csv(table), Csv(await zipped.ComputeAsync()));
    }

    [Fact]
    public async Task Files_of_a_pattern_are_one_frame_and_must_agree()
    {
        Table table = Sample(300);
        Write("part-1.csv", table.Slice(0, 100));
        Write("part-2.csv", table.Slice(100, 200));
        DataFrame frame = DataFrame.ReadCsv(_client, Path.Combine(_folder, "part-*.csv"));

        Assert.Equal(Csv(table), Csv(await frame.ComputeAsync()));

        Write("part-3.csv", table.Select("n", "g"));
        Assert.Throws<SchemaException>(() => DataFrame.ReadCsv(_client, Path.Combine(_folder, "part-*.csv")));
        Assert.Throws<FileNotFoundException>(() => DataFrame.ReadCsv(_client, Path.Combine(_folder, "none-*.csv")));
    }

    [Fact]
    public async Task A_bad_row_fails_with_file_line_and_column()
    {
        string path = Path.Combine(_folder, "bad.csv");
        File.WriteAllText(path, "a,b\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i},1\n")) + "x,1\n");
        DataFrame frame = DataFrame.ReadCsv(_client, path, new CsvOptions { SampleBytes = 100 });

        var error = await Assert.ThrowsAsync<TaskFailedException>(() => frame.ComputeAsync());

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("line 502, column 'a': 'x' is not a int64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_cannot_read_names_itself_and_the_path()
    {
        CsvFile file = CsvFile.Open(Write("there.csv", Sample(10)), new CsvOptions());
        var task = new CsvTask(
            "/no/such/file.csv", FileProbe.Of(file.Path), false, 0, new CsvRange(0, 9, false, 0), false,
            CsvFormat.From(new CsvOptions(), file.Schema));

        var error = await Assert.ThrowsAsync<TaskFailedException>(
            () => _client.Submit(PartitionTasks.ReadRange, task, PartitionProgram.Empty).ResultAsync());

        Assert.Contains(_cluster.Workers[0].Name[..^1], error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot read /no/such/file.csv", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_show_when_the_plan_is_written()
    {
        DataFrame frame = DataFrame.FromTable(_client, Sample(10), 2);

        Assert.Throws<SchemaException>(() => frame.Where(Col("nothing") > 1));
        Assert.Throws<SchemaException>(() => frame.Where(Col("n") + 1));
        Assert.Throws<SchemaException>(() => frame.Select("nothing"));
        Assert.Throws<SchemaException>(() => frame.Drop("nothing"));
        Assert.Throws<SchemaException>(() => frame.Rename("g", "n"));
        Assert.Throws<SchemaException>(() => frame.GroupBy("nothing"));
        Assert.Throws<SchemaException>(() => frame.GroupBy("g").Agg(Sum("s")));
        Assert.Throws<SchemaException>(() => frame.GroupBy("g").Agg(Count(), Count()));
        Assert.Throws<InvalidOperationException>(() => frame.Partitions);
    }

    [Fact]
    public async Task Empty_files_and_filters_that_keep_nothing_give_empty_tables()
    {
        DataFrame none = DataFrame.ReadCsv(_client, Write("none.csv", Sample(0)));
        DataFrame filtered = DataFrame.FromTable(_client, Sample(50), 3).Where(Col("n") < 0);

        Assert.Equal(0, (await none.ComputeAsync()).RowCount);
        Assert.Equal(0, await filtered.CountAsync());
        Assert.Equal(0, (await filtered.GroupBy("g").Agg(Count()).ComputeAsync()).RowCount);
    }

    private static Table Sample(int rows) => Table.FromColumns(
        Column.Of<long>("n", [.. Enumerable.Range(0, rows).Select(i => (long)i)]),
        Column.OfNullable<double>(
            "x", [.. Enumerable.Range(0, rows).Select(i => i % 11 == 0 ? (double?)null : i * 0.25)]),
        Column.Of<string>("g", [.. Enumerable.Range(0, rows).Select(i => $"group {i * 7 % 13}")]),
        Column.Of<string?>("s", [.. Enumerable.Range(0, rows).Select(i => i % 5 == 0 ? null : $"text {i % 97}")]));

    private string Write(string name, Table table)
    {
        string path = Path.Combine(_folder, name);
        CsvWriter.Write(table, path);
        return path;
    }

    private static string Csv(Table table)
    {
        using var text = new MemoryStream();
        CsvWriter.Write(table, text);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
