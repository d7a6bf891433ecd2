using TaskGraph.Collections;
using TaskGraph.Tests;
using Xunit.Abstractions;

namespace TaskGraph.Ml.Tests;

/// <summary>Training on worker processes that hold nothing of this assembly or the library's.</summary>
public sealed class ProcessTrainingTests(ITestOutputHelper output)
{
    private static readonly LocalClusterOptions s_two = new()
    {
        Workers = 2,
        ThreadsPerWorker = 1,
        MemoryLimit = "1GiB",
        Output = static _ => { },
    };

    [Fact]
    public async Task A_worker_killed_in_mid_training_costs_an_epoch_at_most_and_the_fit_goes_on()
    {
        var points = Blobs.Shard(6000, 5, 3, 21);
        await using var cluster = await LocalCluster.StartAsync(s_two);
        await using var client = await Client.ConnectAsync(cluster);
        string killed = "";
        var events = new List<TrainingEvent>();
        var model = new MlpClassifier
        {
            HiddenLayerSizes = [32],
            BatchSize = 20,
            MaxEpochs = 400,
            Strategy = TrainingStrategy.LocalSgd(16),
            Events = new Listener<TrainingEvent>(events.Add),
        };
        model.Progress = new Listener<EpochReport>(report =>
        {
            if (report.Epoch != 5 || killed.Length > 0)
                return;
            killed = cluster.Workers[1].Address;
            cluster.KillWorkerAsync(1).GetAwaiter().GetResult();
        });

        await model.FitAsync(DataFrame.FromTable(client, Frames.Table(points), 8), Frames.Features, "class");

        foreach (var news in events)
            output.WriteLine(news.ToString());
        var happened = Assert.Single(events);
        Assert.Equal([killed], happened.LostWorkers);
        Assert.InRange(happened.Epoch, 5, 399);
        Assert.Equal(Enumerable.Range(1, 400), model.History.Select(report => report.Epoch));
        Assert.All(model.History, report => Assert.Equal(6000, report.Samples));
        Assert.True(model.LossCurve[^1] < model.LossCurve[happened.Epoch - 1]);
    }

    [DataFact]
    public async Task Two_processes_reach_the_reference_accuracy_on_the_sky_survey()
    {
        await using var cluster = await LocalCluster.StartAsync(s_two);
        await using var client = await Client.ConnectAsync(cluster);
        var good = DataFrame.ReadCsv(client, SdssSample.Path).Where(Expr.Col("u") > -9999).WithRowIndex("row");
        var all = await good.PersistAsync();
        var train = all.Where(Expr.Col("row") % 5 != 4);
        var test = all.Where(Expr.Col("row") % 5 == 4);
        var scaler = await new StandardScaler().FitAsync(train, SdssSample.Features);
        var model = new MlpClassifier { HiddenLayerSizes = [64, 64, 32], MaxEpochs = 10 };
        model.Progress = new Listener<EpochReport>(report => output.WriteLine(report.ToString()));
        await model.FitAsync(scaler.Transform(train), SdssSample.Features, "class");
        double accuracy = await model.ScoreAsync(scaler.Transform(test));
        output.WriteLine($"test accuracy {accuracy:F4}");
        Assert.Equal(80_000, model.History[^1].Samples);
        Assert.InRange(accuracy, 0.965, 1);
    }
}
