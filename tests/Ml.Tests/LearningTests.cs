using TaskGraph.Tests;
using Xunit.Abstractions;

namespace TaskGraph.Ml.Tests;

public class LearningTests(ITestOutputHelper output)
{
    [DataFact]
    public async Task Iris_is_learnt_by_one_trainer()
    {
        var data = Samples.Read(4, r => r.Length == 6, "small", "iris.csv");
        var shape = new MlpShape(4, 32, 3);
        ShardTrainer trainer = Trainer(shape, data.Train, data.TrainLabels, new SoloExchange(), 32);
        EpochReport last = default;
        for (int epoch = 0; epoch < 200; epoch++)
            last = await trainer.RunEpochAsync(CancellationToken.None);
        Assert.True(last.Loss < 0.1, $"loss {last.Loss}");
        Assert.True(Samples.Accuracy(shape, trainer.Theta, data.Test, data.TestLabels) >= 0.93);
    }

    [DataFact]
    public async Task Sdss_reaches_scikit_learns_accuracy_alone_and_with_two_workers()
    {
        var data = Samples.Read(6, r => !r[0].StartsWith("-9999"), "sdss", "dr17.csv.gz");
        Assert.Equal((80_000, 19_999), (data.TrainLabels.Length, data.TestLabels.Length));
        var shape = new MlpShape(6, 64, 64, 32, 3);
        ShardTrainer[] alone = [Trainer(shape, data.Train, data.TrainLabels, new SoloExchange(), 200)];
        double single = await FitAsync(shape, alone, data.Test, data.TestLabels);
        var group = new SimulatedGroup(2);
        ShardTrainer[] pair =
        [
            Trainer(shape, data.Train[..240_000], data.TrainLabels[..40_000], group.Member(0), 200),
            Trainer(shape, data.Train[240_000..], data.TrainLabels[40_000..], group.Member(1), 200),
        ];
        double together = await FitAsync(shape, pair, data.Test, data.TestLabels);
        Assert.True(single >= 0.965, $"one trainer: {single}");
        Assert.True(together >= 0.965, $"two workers: {together}");
    }

    private async Task<double> FitAsync(MlpShape shape, ShardTrainer[] trainers, float[] test, int[] labels)
    {
        for (int epoch = 0; epoch < 10; epoch++)
            output.WriteLine((await SimulatedGroup.RunEpochAsync(trainers))[0].ToString());
        double accuracy = Samples.Accuracy(shape, trainers[0].Theta, test, labels);
        output.WriteLine($"{trainers.Length} trainers: test accuracy {accuracy:F4}");
        return accuracy;
    }

    private static ShardTrainer Trainer(MlpShape shape, float[] x, int[] y, IExchange exchange, int batch) =>
        new(
            shape,
            x,
            y,
            MlpInitializer.Create(shape, 0),
            new Adam(shape.ParameterCount),
            new TrainerOptions { BatchSize = batch },
            exchange);
}
