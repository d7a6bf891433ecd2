using TaskGraph.Collections;

namespace TaskGraph.Readme.Tests;

/// <summary>The documents' code does what the documents say.</summary>
public class RunningSnippetsTests
{
    [Fact]
    public async Task The_ten_lines_of_the_README_run() => await Snippets.TenLines();

    [Fact]
    public async Task The_group_by_of_the_README_gives_means_and_counts_of_delayed_flights()
    {
        var folder = Directory.CreateTempSubdirectory("taskgraph-readme-");
        try
        {
            string path = Path.Combine(folder.FullName, "flights.csv");
            await File.WriteAllTextAsync(path, "carrier,dep_delay\nAA,10\nUA,-3\nAA,20\nUA,4\n");
            await using var cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 1, processes: false);
            await using var client = await Client.ConnectAsync(cluster);

            Table delays = await Snippets.Flights(client, path);

            Assert.Equal([15.0, 4.0], delays.Column<double>("delay").Values.ToArray());
            Assert.Equal([2L, 1L], delays.Column<long>("count").Values.ToArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_classifier_of_the_README_learns_classes_that_are_apart()
    {
        await using var cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 2, processes: false);
        await using var client = await Client.ConnectAsync(cluster);

        double accuracy = await Snippets.Classifier(
            DataFrame.FromTable(client, Stars(3000, seed: 1), 4),
            DataFrame.FromTable(client, Stars(600, seed: 2), 2));

        Assert.InRange(accuracy, 0.9, 1.0);
    }

    [Fact]
    public async Task The_locks_queues_and_datasets_of_the_documents_work_between_clients()
    {
        await using var cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        await using var other = await Client.ConnectAsync(cluster);

        Assert.Equal(18, await Snippets.Coordination(client));
        Assert.Equal(42 + 285, await Snippets.Sharing(client, other));
        double[] losses = await Snippets.Topics(client);
        Assert.Equal([0.25], losses);
    }

    [Fact]
    public async Task The_actors_and_nested_tasks_of_the_documents_work()
    {
        await using var cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1);
        await using var client = await Client.ConnectAsync(cluster);

        int[] counted = await Snippets.Actors(client);
        Assert.Equal([1, 2, 4], counted);
        Assert.Equal(13, await Snippets.TasksFromTasks(client));
    }

    private static Table Stars(int rows, int seed)
    {
        var random = new Random(seed);
        string[] classes = ["GALAXY", "QSO", "STAR"];
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(3))];
        var columns = new[] { "u", "g", "r", "i", "z", "redshift" }
            .Select((name, at) => (Column)Column.Of(name, labels.Select(label => Place(random, label, at)).ToArray()))
            .Append(Column.Of("class", labels.Select(label => classes[label]).ToArray()));
        return Table.FromColumns([.. columns]);
    }

    private static double Place(Random random, int label, int column) => (label * (column + 1)) + random.NextDouble();
}
