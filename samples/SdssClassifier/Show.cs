using System.Diagnostics;
using SdssClassifier.Catalogue;
using TaskGraph;

namespace SdssClassifier;

/// <summary>The whole show, in order: processes, tiny tasks, a group-by, training, a death, and the comparison.</summary>
internal sealed class Show : IDisposable
{
    private readonly SampleOptions _options;
    private readonly DrawnCatalogue? _drawn;
    private readonly string _path;

    public Show(SampleOptions options)
    {
        _options = options;
        Console.WriteLine("TaskGraph: a star/galaxy/quasar classifier on a cluster of processes");
        string? found = CatalogueFile.Find(options.Data);
        if (found is null)
        {
            Console.WriteLine();
            Console.WriteLine(
                "*** NO REAL CATALOGUE GIVEN: rows are DRAWN from a mixture fitted to SDSS DR17 (docs/sdss-mixture.md). "
                + "--data names a real one ***");
            _drawn = new DrawnCatalogue(seed: 17);
        }

        _path = found ?? _drawn!.Path;
        Console.WriteLine($"catalogue: {(found is null ? $"{DrawnCatalogue.RowCount:N0} drawn rows" : found)}");
    }

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var results = new List<TrainingResult>();
        for (int i = 0; i < _options.Grid.Count; i++)
        {
            var configuration = _options.Grid[i];
            Console.WriteLine();
            Console.WriteLine($"== {(_options.Scheduler is null ? $"{configuration} worker processes × threads" : _options.Scheduler)}");
            results.Add(await RunConfigurationAsync(configuration, isFirst: i == 0, cancellation));
        }

        Console.WriteLine();
        Comparison.Print(results, _options.Epochs);
        Console.WriteLine();
        Console.WriteLine("On a Pi:   dotnet taskgraph-scheduler.dll --host 0.0.0.0 --insecure");
        Console.WriteLine("           dotnet taskgraph-worker.dll tcp://<the scheduler>:8786 --host 0.0.0.0 --insecure");
        if (_options.Json)
            Console.WriteLine(results[^1].ToJson());
        return 0;
    }

    public void Dispose() => _drawn?.Dispose();

    private async Task<TrainingResult> RunConfigurationAsync(
        Configuration configuration,
        bool isFirst,
        CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        await using var cluster = _options.Scheduler is null
            ? await LocalCluster.StartAsync(
                configuration.Workers, configuration.Threads, _options.MemoryLimit, cancellationToken: cancellation)
            : null;
        await using var client = cluster is null
            ? await Client.ConnectAsync(_options.Scheduler!, cancellation)
            : await Client.ConnectAsync(cluster, cancellation);
        await client.WaitForWorkersAsync(cluster is null ? 1 : configuration.Workers, cancellationToken: cancellation);
        Console.WriteLine($"cluster ready in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
        await Processes.PrintAsync(client);
        if (isFirst)
            await TinyTasks.RunAsync(client);
        var experiment = await Experiment.LoadAsync(client, _path, printClasses: isFirst);
        var result = await experiment.TrainAsync(configuration, _options.Epochs, cancellation);
        if (isFirst && cluster is not null)
            await experiment.TrainThroughADeathAsync(cluster, _options.Epochs, cancellation);
        return result;
    }
}
