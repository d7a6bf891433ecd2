using System.Diagnostics;
using TaskGraph;
using TaskGraph.Collections;
using TaskGraph.Ml;
using static TaskGraph.Collections.Expr;

namespace SdssClassifier;

/// <summary>The catalogue on the cluster, split and standardised, and the network that is trained on it.</summary>
internal sealed class Experiment
{
    private const string Label = "class";
    private static readonly string[] s_features = ["u", "g", "r", "i", "z", "redshift"];

    private readonly Client _client;
    private readonly IReadOnlyDictionary<string, long> _classes;
    private readonly DataFrame _train;
    private readonly DataFrame _test;
    private readonly long _trainRows;
    private readonly long _testRows;

    private Experiment(
        Client client, IReadOnlyDictionary<string, long> classes, DataFrame train, DataFrame test, long trainRows, long testRows)
    {
        _client = client;
        _classes = classes;
        _train = train;
        _test = test;
        _trainRows = trainRows;
        _testRows = testRows;
    }

    /// <summary>
    /// Reads the catalogue, drops the row of −9999s (a missing measurement), counts the classes, and takes every fifth
    /// row as test set.
    /// </summary>
    public static async Task<Experiment> LoadAsync(Client client, string path, bool printClasses)
    {
        var rows = await DataFrame.ReadCsv(client, path)
            .Where(Col("u") > -9000)
            .WithRowIndex("row")
            .PersistAsync();
        Table counts = await rows.GroupBy(Label).Agg(Count().As("rows"), Mean("redshift").As("mean_redshift")).ComputeAsync();
        if (printClasses)
        {
            Console.WriteLine();
            Console.WriteLine("classes, by a group-by on the cluster:");
            Console.WriteLine(counts);
        }

        var train = rows.Where(Col("row") % 5 != 4);
        var test = rows.Where(Col("row") % 5 == 4);
        var scaler = await new StandardScaler().FitAsync(train, s_features);
        train = await scaler.Transform(train).PersistAsync();
        test = await scaler.Transform(test).PersistAsync();
        return new Experiment(
            client, ToDictionary(counts), train, test, await train.CountAsync(), await test.CountAsync());
    }

    /// <summary>Trains once, with a live line per epoch.</summary>
    public async Task<TrainingResult> TrainAsync(Configuration configuration, int epochs, CancellationToken cancellation)
    {
        Console.WriteLine();
        Console.WriteLine($"training 6-64-64-32-3 on {_trainRows:N0} rows:");
        var model = NewModel(epochs, new EpochLines());
        long start = Stopwatch.GetTimestamp();
        await model.FitAsync(_train, s_features, Label, cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double accuracy = await model.ScoreAsync(_test, cancellation);
        Console.WriteLine($"{seconds:F2} s; accuracy on {_testRows:N0} test rows: {accuracy:P2}");
        return new TrainingResult(
            configuration,
            _trainRows + _testRows,
            _classes,
            _trainRows,
            _testRows,
            epochs,
            seconds,
            (double)_trainRows * epochs / seconds,
            accuracy,
            model.History.Sum(epoch => epoch.ComputeSeconds),
            model.History.Sum(epoch => epoch.SyncSeconds));
    }

    /// <summary>Trains again and kills one worker process in the middle: the group must re-form and finish.</summary>
    public async Task TrainThroughADeathAsync(LocalCluster cluster, int epochs, CancellationToken cancellation)
    {
        Console.WriteLine();
        Console.WriteLine("the same again, and in the middle one worker is killed:");
        int killAt = Math.Max(1, epochs / 2);
        Task? kill = null;
        var lines = new EpochLines(report =>
        {
            if (report.Epoch < killAt || kill is not null)
                return;
            Console.WriteLine($"  kill -9 of worker 0 (pid {cluster.Workers[0].ProcessId})");
            kill = cluster.KillWorkerAsync(0);
        });
        var model = NewModel(Math.Max(epochs, 4), lines);
        await model.FitAsync(_train, s_features, Label, cancellation);
        if (kill is not null)
            await kill;
        Console.WriteLine($"finished all the same; accuracy on the test rows: {await model.ScoreAsync(_test, cancellation):P2}");
    }

    private static MlpClassifier NewModel(int epochs, IProgress<EpochReport> progress) => new()
    {
        HiddenLayerSizes = [64, 64, 32],
        MaxEpochs = epochs,
        RandomState = 0,
        Progress = progress,
        Events = new EventLines(),
    };

    private static Dictionary<string, long> ToDictionary(Table counts)
    {
        var names = counts.Column<string>(Label);
        var rows = counts.Column<long>("rows");
        return Enumerable.Range(0, (int)counts.RowCount).ToDictionary(i => names[i]!, i => rows[i]);
    }
}
