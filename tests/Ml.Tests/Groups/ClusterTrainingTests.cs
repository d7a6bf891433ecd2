using TaskGraph.Collections;

namespace TaskGraph.Ml.Tests;

/// <summary>Training on clusters, most of them inside this process.</summary>
public sealed class ClusterTrainingTests
{
    private static readonly Shard s_points = Blobs.Shard(3001, 5, 3, 21);

    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(1, 3, false)]
    [InlineData(2, 1, true)]
    public async Task A_group_trains_as_the_same_number_of_trainers_in_one_process_does(
        int workers, int threads, bool processes)
    {
        await using var cluster = await LocalCluster.StartAsync(workers, threads, processes: processes);
        await using var client = await Client.ConnectAsync(cluster);
        var model = Classifier();
        var heard = new List<EpochReport>();
        model.Progress = new Listener<EpochReport>(heard.Add);
        await model.FitAsync(DataFrame.FromTable(client, Frames.Table(s_points), 7), Frames.Features, "class");

        var settings = new TrainerSettings
        {
            LayerSizes = [5, 16, 8, 3],
            BatchSize = 50,
            Seed = 3,
            Epochs = 6,
            Strategy = TrainingStrategy.LocalSgd(4),
        };
        int trainers = workers * threads;
        var expected = await SimulatedGroup.RunAsync(trainers, async group =>
        {
            var trainer = new ShardTrainer(
                settings, Frames.Run(s_points, group.Rank, group.Size), group, TrainerState.Initial(settings));
            var reports = new List<EpochReport>();
            while (trainer.Epoch < 6)
                reports.Add(await trainer.RunEpochAsync());
            return (Reports: reports, trainer.State);
        });

        Assert.Equal(heard, model.History);
        Assert.Equal(6, model.History.Count);
        Assert.All(model.History, report => Assert.Equal((trainers, 3001), (report.Trainers, report.Samples)));
        double[] losses = [.. expected[0].Reports.Select(report => report.Loss)];
        for (int i = 0; i < losses.Length; i++)
            Assert.Equal(losses[i], model.LossCurve[i], threads == 1 ? 0 : 1e-4);
        Assert.True(model.LossCurve[^1] < model.LossCurve[0]);
        if (threads == 1)
        {
            var shape = new MlpShape(settings.LayerSizes);
            Assert.Equal(shape.Weights(expected[0].State.Theta, 1), model.Weights[1]);
        }
    }

    [Fact]
    public async Task Predictions_come_in_the_order_of_the_rows_and_agree_with_probabilities_and_score()
    {
        await using var cluster = await LocalCluster.StartAsync(2, 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        var table = Frames.Table(s_points);
        var frame = DataFrame.FromTable(client, table, 5);
        var model = await Classifier().FitAsync(frame, Frames.Features, "class");

        var predicted = (Column<string?>)await model.PredictAsync(frame);
        float[,] probabilities = await model.PredictProbaAsync(frame);
        double score = await model.ScoreAsync(frame);

        Assert.Equal("class 0,class 1,class 2", string.Join(',', ((Column<string?>)model.Classes).Values.ToArray()));
        Assert.Equal((3001, 3), (probabilities.GetLength(0), probabilities.GetLength(1)));
        int correct = 0;
        for (int row = 0; row < 3001; row++)
        {
            int best = Enumerable.Range(0, 3).MaxBy(j => probabilities[row, j]);
            Assert.Equal($"class {best}", predicted[row]);
            Assert.Equal(1, probabilities[row, 0] + probabilities[row, 1] + probabilities[row, 2], 1e-5);
            correct += table["class"].GetValue(row)!.Equals(predicted[row]) ? 1 : 0;
        }

        Assert.Equal("class", predicted.Name);
        Assert.Equal(correct / 3001.0, score);
        Assert.InRange(score, 0.6, 1);
    }

    [Fact]
    public async Task A_network_larger_than_a_control_frame_trains_and_predicts()
    {
        await using var cluster = await LocalCluster.StartAsync(2, 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        var frame = DataFrame.FromTable(client, Frames.Table(s_points), 2);
        var model = Classifier();
        (model.HiddenLayerSizes, model.MaxEpochs) = ([600, 600], 1);
        await model.FitAsync(frame, Frames.Features, "class");
        Assert.InRange(await model.ScoreAsync(frame), 0.6, 1);
    }

    [Fact]
    public async Task Numbers_as_labels_stay_numbers_and_all_strategies_and_solvers_train()
    {
        await using var cluster = await LocalCluster.StartAsync(2, 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        var table = Frames.Table(s_points).Select(Frames.Features)
            .WithColumn(Column.Of<long>("digit", [.. s_points.Labels.Select(label => (long)label * 10)]));
        var frame = DataFrame.FromTable(client, table, 3);
        foreach (var strategy in new[] { TrainingStrategy.SynchronousSgd(), TrainingStrategy.LocalSgd() })
        {
            var model = Classifier();
            (model.Strategy, model.Solver, model.LearningRateInit) = (strategy, Solver.Sgd, 0.02);
            await model.FitAsync(frame, Frames.Features, "digit");
            Assert.IsAssignableFrom<Column<long>>(await model.PredictAsync(frame));
            Assert.InRange(await model.ScoreAsync(frame), 0.6, 1);
        }
    }

    [Fact]
    public async Task A_null_among_the_features_ends_the_fit_and_is_named()
    {
        await using var cluster = await LocalCluster.StartAsync(2, 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        double?[] values = [.. Enumerable.Range(0, 1000).Select(row => row == 777 ? null : (double?)row)];
        var table = Table.FromColumns(Column.OfNullable<double>("a", values),
            Column.Of<long>("class", [.. Enumerable.Range(0, 1000).Select(row => row % 2L)]));
        var events = new List<TrainingEvent>();
        var model = Classifier();
        model.Events = new Listener<TrainingEvent>(events.Add);
        var error = await Assert.ThrowsAsync<TaskFailedException>(
            () => model.FitAsync(DataFrame.FromTable(client, table, 4), ["a"], "class"));
        Assert.Contains("Column 'a' holds a null", error.RemoteMessage, StringComparison.Ordinal);
        Assert.Empty(events);
    }

    [Fact]
    public async Task A_diverging_training_says_so()
    {
        await using var cluster = await LocalCluster.StartAsync(2, 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        var model = Classifier();
        (model.Solver, model.LearningRateInit) = (Solver.Sgd, 1e30);
        var error = await Assert.ThrowsAsync<TaskFailedException>(() => model.FitAsync(
            DataFrame.FromTable(client, Frames.Table(s_points), 4), Frames.Features, "class"));
        Assert.Equal(typeof(TrainingDivergedException).FullName, error.RemoteType);
    }

    [Fact]
    public async Task A_cancelled_fit_leaves_no_trainer_behind()
    {
        await using var cluster = await LocalCluster.StartAsync(2, 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        using var stop = new CancellationTokenSource();
        var model = Classifier();
        model.MaxEpochs = 1_000_000;
        model.Progress = new Listener<EpochReport>(_ => stop.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.FitAsync(
            DataFrame.FromTable(client, Frames.Table(s_points), 4), Frames.Features, "class", stop.Token));
        Assert.Equal(5, await client.Submit(static () => 5));
        Assert.Throws<InvalidOperationException>(() => model.Classes);
    }

    [Fact]
    public async Task A_scaler_fitted_on_partitions_equals_one_fitted_on_the_whole_table()
    {
        await using var cluster = await LocalCluster.StartAsync(2, 1, processes: false);
        await using var client = await Client.ConnectAsync(cluster);
        var table = Frames.Table(s_points);
        var frame = DataFrame.FromTable(client, table, 6);
        var scaler = await new StandardScaler().FitAsync(frame, ["a", "d"]);
        var whole = new StandardScaler().Fit(table, "a", "d");
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(whole.Means[i], scaler.Means[i], 1e-12);
            Assert.Equal(whole.Scales[i], scaler.Scales[i], 1e-12);
        }

        var scaled = await scaler.Transform(frame).ComputeAsync();
        Assert.Equal(1, ColumnMoments.Of(scaled["d"]).Variance, 1e-6);
        Assert.Equal(table["b"].GetValue(9), scaled["b"].GetValue(9));
    }

    private static MlpClassifier Classifier() => new()
    {
        HiddenLayerSizes = [16, 8],
        BatchSize = 50,
        MaxEpochs = 6,
        RandomState = 3,
        Strategy = TrainingStrategy.LocalSgd(4),
    };
}
