using TaskGraph.Tests;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

/// <summary>Frames on worker processes that hold neither this assembly nor, with local reads off, the data.</summary>
public class DataFrameProcessTests
{
    private static readonly LocalClusterOptions s_blind = new()
    {
        Workers = 2,
        ThreadsPerWorker = 1,
        Environment = new Dictionary<string, string> { [PartitionTasks.LocalReadsVariable] = "0" },
    };

    [Fact]
    public async Task Code_and_data_travel_to_workers_that_have_neither()
    {
        await using var cluster = await LocalCluster.StartAsync(s_blind);
        await using var client = await Client.ConnectAsync(cluster);
        string path = Path.GetTempFileName();
        try
        {
            Table table = Table.FromColumns(
                Column.Of<long>("n", [.. Enumerable.Range(0, 100_000).Select(i => (long)i)]),
                Column.Of<string>("g", [.. Enumerable.Range(0, 100_000).Select(i => $"group {i % 9}")]));
            CsvWriter.Write(table, path);
            DataFrame frame = await DataFrame.ReadCsv(client, path).WithRowIndex("row").PersistAsync();

            Table counts = await frame.GroupBy("g").Agg(Count(), Sum("n"), Max("row")).ComputeAsync();

            Assert.Equal(table.GroupBy(["g"], Count(), Sum("n"), Max("n").As("row_max")).ToString(), counts.ToString());
            // Beyond what the scheduler may carry, rows are put on workers.
            DataFrame scattered = DataFrame.ReadCsv(client, path, new CsvOptions { MaxCarriedBytes = 300_000 });
            Assert.Equal(100_000, await scattered.CountAsync());
            Assert.Equal(counts.Select("g", "count").ToString(),
                (await scattered.GroupBy("g").Agg(Count()).ComputeAsync()).ToString());
            IReadOnlyList<IReadOnlyList<string>> holders = await client.WhoHasAsync(frame.Partitions);
            Assert.Equal(2, holders.SelectMany(addresses => addresses).Distinct().Count());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Sent_partitions_are_made_again_when_their_worker_dies()
    {
        await using var cluster = await LocalCluster.StartAsync(s_blind);
        await using var client = await Client.ConnectAsync(cluster);
        long[] numbers = [.. Enumerable.Range(0, 200_000).Select(i => i * 2654435761L % 1_000_003)];
        DataFrame frame = await DataFrame.FromTable(
            client, Table.FromColumns(Column.Of<long>("n", numbers)), 8).PersistAsync();
        Assert.Equal(200_000, await frame.CountAsync());

        await cluster.KillWorkerAsync(0);

        Assert.Equal(numbers.Sum(), (await frame.Agg(Sum("n")).ComputeAsync())["n_sum"].GetValue(0));
    }

    [DataFact]
    public async Task The_sdss_classes_are_counted_on_the_cluster()
    {
        await using var cluster =
            await LocalCluster.StartAsync(new LocalClusterOptions { Workers = 2, ThreadsPerWorker = 1 });
        await using var client = await Client.ConnectAsync(cluster);

        Table classes = await DataFrame.ReadCsv(client, SharedData.File("sdss/dr17.csv.gz"))
            .Where(Col("u") > -9000).GroupBy("class").Agg(Count()).ComputeAsync();

        Assert.Equal(["GALAXY", "QSO", "STAR"], ColumnTests.Objects(classes["class"]));
        Assert.Equal([59_445L, 18_961L, 21_593L], ColumnTests.Objects(classes["count"]));
    }
}
