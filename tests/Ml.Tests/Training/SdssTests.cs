using System.Diagnostics;
using TaskGraph.Tests;
using Xunit.Abstractions;

namespace TaskGraph.Ml.Tests;

public sealed class SdssTests(ITestOutputHelper output)
{
    [DataFact]
    public Task One_trainer_reaches_the_reference_accuracy_on_the_sky_survey() => CheckAsync(1);

    [DataFact]
    public Task Two_virtual_workers_reach_the_reference_accuracy_on_the_sky_survey() => CheckAsync(2);

    [DataFact]
    public Task Four_virtual_workers_reach_the_reference_accuracy_on_the_sky_survey() => CheckAsync(4);

    private async Task CheckAsync(int trainers)
    {
        var sample = SdssSample.Instance.Value;
        var settings = new TrainerSettings { LayerSizes = [6, 64, 64, 32, 3], Epochs = 10 };
        long begin = Stopwatch.GetTimestamp();
        var states = await SimulatedGroup.RunAsync(trainers, async group =>
        {
            var start = TrainerState.Initial(settings);
            var trainer = new ShardTrainer(settings, sample.Part(group.Rank, group.Size), group, start);
            for (int epoch = 0; epoch < 10; epoch++)
            {
                var report = await trainer.RunEpochAsync();
                if (group.Rank == 0)
                    output.WriteLine(report.ToString());
            }

            return trainer.State;
        });
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        int[] predicted = new int[sample.Test.Rows];
        new MlpPredictor(new MlpShape(settings.LayerSizes), states[0].Theta).Classes(sample.Test.Features, predicted);
        double accuracy = Metric.Accuracy(sample.Test.Labels, predicted);
        output.WriteLine($"{trainers} trainers: test accuracy {accuracy:F4} after {seconds:F2} s");
        Assert.Equal(80_000, sample.Train.Rows);
        Assert.InRange(accuracy, 0.965, 1);
    }
}
