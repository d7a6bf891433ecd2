using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using TaskGraph.Tests;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

/// <summary>Against an independent reader (CsvHelper) and independent answers (pandas) on real files.</summary>
public class ReferenceAnswerTests
{
    private static readonly CsvOptions s_openFlights = new() { HasHeader = false, NullValues = ["\\N"] };

    [DataFact]
    public void Titanic_has_the_fields_that_another_reader_finds() =>
        CompareFields("small/titanic.csv", new CsvOptions());

    [DataFact]
    public void Openflights_has_the_fields_that_another_reader_finds() =>
        CompareFields("small/openflights-airports.dat.gz", s_openFlights);

    [DataFact]
    public void Openflights_backslashes_are_escapes_when_asked_for()
    {
        string path = SharedData.File("small/openflights-airports.dat.gz");
        Table literal = CsvReader.Read(path, s_openFlights),
            escaped = CsvReader.Read(path, s_openFlights with { Escape = '\\' });

        Table names = literal.Where(Col("column_1").Contains("\\'") | Col("column_2").Contains("\\'"));
        Assert.Equal(11, names.RowCount);
        // The file writes \\' where \' is meant.
        Assert.Equal(11, escaped.Where(Col("column_1").Contains("\\'") | Col("column_2").Contains("\\'")).RowCount);
        Assert.Equal(0, escaped.Where(Col("column_1").Contains("\\\\") | Col("column_2").Contains("\\\\")).RowCount);
        Assert.Equal(8107, escaped.RowCount);
    }

    [DataFact]
    public void Flights_have_the_fields_that_another_reader_finds() =>
        CompareFields("nycflights13/flights.csv.gz", new CsvOptions());

    [DataFact]
    public void Null_counts_sums_and_extremes_are_those_of_pandas()
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(SharedData.File("expected.json")));
        string[] sets = ["flights13", "flights14", "airlines", "airports", "planes", "weather", "titanic",
            "california_housing", "birdstrikes"];
        foreach (string set in sets)
        {
            JsonElement answers = expected.RootElement.GetProperty(set);
            Table table = CsvReader.Read(SharedData.File(answers.GetProperty("file").GetString()!));
            Assert.Equal(answers.GetProperty("rows").GetInt32(), table.RowCount);
            Assert.Equal(answers.GetProperty("columns").EnumerateArray().Select(c => c.GetString()),
                table.Schema.Names);
            foreach (JsonProperty nulls in answers.GetProperty("null_counts").EnumerateObject())
                Assert.True(nulls.Value.GetInt32() == table[nulls.Name].NullCount,
                    $"{set}.{nulls.Name}: {table[nulls.Name].NullCount}");
            foreach (JsonProperty column in answers.GetProperty("numeric").EnumerateObject())
                CheckSummary(set, table, column);
        }
    }

    [DataFact]
    public void Group_by_gives_the_answers_of_pandas()
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(SharedData.File("expected.json")));
        Table flights = CsvReader.Read(SharedData.File("nycflights13/flights.csv.gz"));
        Table delays = flights.GroupBy(
            ["carrier"], Mean("dep_delay").As("mean"), Count("dep_delay").As("count"), Count().As("size"));
        JsonElement[] carriers =
            [.. expected.RootElement.GetProperty("flights13").GetProperty(
                "groupby_carrier_dep_delay").EnumerateArray()];
        Assert.Equal(carriers.Length, delays.RowCount);
        for (int i = 0; i < carriers.Length; i++)
        {
            Assert.Equal(carriers[i].GetProperty("carrier").GetString(), delays["carrier"].GetValue(i));
            Close(carriers[i].GetProperty("mean").GetDouble(), delays.Column<double>("mean")[i], "mean");
            Assert.Equal(carriers[i].GetProperty("count").GetInt64(), delays.Column<long>("count")[i]);
            Assert.Equal(carriers[i].GetProperty("size").GetInt64(), delays.Column<long>("size")[i]);
        }
    }

    [DataFact]
    public void Sdss_classes_have_the_published_counts_and_the_means_of_pandas()
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(SharedData.File("expected.json")));
        JsonElement answers = expected.RootElement.GetProperty("sdss_dr17").GetProperty("without_bad_row");
        Table stars = CsvReader.Read(SharedData.File("sdss/dr17.csv.gz")).Where(Col("u") > -9999);
        Table classes = stars.GroupBy(["class"], Count(), Mean("u"), Mean("redshift"));
        for (int i = 0; i < classes.RowCount; i++)
        {
            string name = classes.Column<string>("class")[i]!;
            Assert.Equal(answers.GetProperty("class_counts").GetProperty(name).GetInt64(),
                classes.Column<long>("count")[i]);
            JsonElement means = answers.GetProperty("per_class_mean").GetProperty(name);
            Close(means.GetProperty("u").GetDouble(), classes.Column<double>("u_mean")[i], name);
            Close(means.GetProperty("redshift").GetDouble(), classes.Column<double>("redshift_mean")[i], name);
        }
        Assert.Equal(3, classes.RowCount);
    }

    private static void CheckSummary(string set, Table table, JsonProperty column)
    {
        Table found = table.GroupBy(
            [], Count(column.Name).As("count"), Sum(Col(column.Name).Cast(DataType.Float64)).As("sum"),
            Mean(column.Name).As("mean"), Min(column.Name).As("min"), Max(column.Name).As("max"));
        foreach (string answer in new[] { "count", "sum", "mean", "min", "max" })
        {
            Close(column.Value.GetProperty(answer).GetDouble(),
                Convert.ToDouble(found[answer].GetValue(0), CultureInfo.InvariantCulture),
                    $"{set}.{column.Name}.{answer}");
        }
    }

    private static void Close(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-9 * Math.Abs(expected),
            $"{what}: {actual} instead of {expected}");

    private static void CompareFields(string name, CsvOptions options)
    {
        string path = SharedData.File(name);
        CsvFile file = CsvFile.Open(path, options);
        options = options with { Schema = file.Schema.ToDictionary(field => field.Name, _ => DataType.String) };
        Table table = CsvReader.Read(path, options);
        using Stream packed = File.OpenRead(path);
        using Stream content =
            path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(packed, CompressionMode.Decompress)
                : packed;
        var independent = CsvHelper.CsvReaderOptions.Default with { Separator = ',', HasHeader = options.HasHeader };
        using var reader = CsvHelper.CsvReader.Create(content, independent, false);
        int row = 0;
        for (; reader.Read(); row++)
        {
            for (int c = 0; c < table.Columns.Count; c++)
            {
                string? value = ((Column<string?>)table.Columns[c])[row];
                string field = reader.GetString(c);
                Assert.Equal(options.NullValues.Contains(field) ? null : field, value);
            }
        }
        Assert.Equal(row, table.RowCount);
    }
}
