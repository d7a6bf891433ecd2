using System.Text.Json;

namespace TaskGraph.Ml.Tests;

public class StrategyTests
{
    private static readonly MlpShape s_shape = new(4, 10, 3);

    [Fact]
    public async Task Synchronous_workers_equal_one_with_their_joint_batch()
    {
        // Rows interleave so that step k of both workers holds the rows of the single worker's batch k.
        (float[] x, int[] y) = Samples.Random(83, 4, 3, 3);
        ShardTrainer single = Trainer([x], [y], 0, new SoloExchange(), 20, TrainingStrategy.SynchronousSgd());
        (float[][] xs, int[][] ys) = Deal(x, y, 10);
        ShardTrainer[] pair = Group(xs, ys, 10, TrainingStrategy.SynchronousSgd(), out _);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            EpochReport alone = await single.RunEpochAsync(CancellationToken.None);
            EpochReport[] together = await SimulatedGroup.RunEpochAsync(pair);
            Assert.Equal(alone.Loss, together[0].Loss, 1e-4);
            Assert.Equal(83, together[0].Samples);
            Assert.Equal(alone.Accuracy, together[1].Accuracy, 1e-6);
        }

        AssertClose(single.Theta, pair[0].Theta, 1e-4f);
    }

    [Fact]
    public async Task Local_sgd_with_one_step_and_no_outer_momentum_equals_synchronous_sgd()
    {
        (float[] x, int[] y) = Samples.Random(80, 4, 3, 4);
        (float[][] xs, int[][] ys) = Deal(x, y, 10);
        var plain = TrainingStrategy.LocalSgd(1, 1f, 0f, LearningRateScaling.None);
        ShardTrainer[] local = Group(xs, ys, 10, plain, out _, alpha: 0);
        ShardTrainer[] synchronous = Group(xs, ys, 10, TrainingStrategy.SynchronousSgd(), out _, alpha: 0);
        await SimulatedGroup.RunEpochAsync(local);
        await SimulatedGroup.RunEpochAsync(synchronous);
        AssertClose(synchronous[0].Theta, local[0].Theta, 1e-5f);
    }

    [Fact]
    public void Averaging_equal_models_is_the_identity()
    {
        float[] theta = MlpInitializer.Create(s_shape, 1);
        ITrainingRule rule = TrainingStrategy.LocalSgd().CreateRule(2, theta.Length);
        rule.BeginEpoch(theta);
        var sum = new float[theta.Length];
        rule.Compose(theta, 1f, sum);
        for (int i = 0; i < sum.Length; i++)
            sum[i] *= 2;
        float[] result = [.. theta];
        rule.Apply(sum, 2f, result);
        Assert.Equal(theta, result);
    }

    [Fact]
    public async Task Members_with_uneven_shards_exchange_equally_often_and_end_with_one_model()
    {
        (float[] x, int[] y) = Samples.Random(60, 4, 3, 5);
        float[][] xs = [x[..(11 * 4)], x[(11 * 4)..], []];
        int[][] ys = [y[..11], y[11..], []];
        ShardTrainer[] trainers = Group(xs, ys, 10, TrainingStrategy.LocalSgd(2), out SimulatedGroup group);
        await SimulatedGroup.RunEpochAsync(trainers);
        Assert.Equal(1 + 3 + 1, group.Exchanges);
        Assert.True(trainers[0].Theta.SequenceEqual(trainers[1].Theta));
        Assert.True(trainers[0].Theta.SequenceEqual(trainers[2].Theta));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bits()
    {
        (float[] x, int[] y) = Samples.Random(100, 4, 3, 6);
        (float[][] xs, int[][] ys) = Deal(x, y, 10);
        ShardTrainer[] first = Group(xs, ys, 10, TrainingStrategy.LocalSgd(3), out _, shuffle: true);
        ShardTrainer[] second = Group(xs, ys, 10, TrainingStrategy.LocalSgd(3), out _, shuffle: true);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            await SimulatedGroup.RunEpochAsync(first);
            await SimulatedGroup.RunEpochAsync(second);
        }

        Assert.True(first[0].Theta.SequenceEqual(second[0].Theta));
    }

    [Fact]
    public async Task A_new_group_continues_from_an_exported_state()
    {
        (float[] x, int[] y) = Samples.Random(100, 4, 3, 7);
        (float[][] xs, int[][] ys) = Deal(x, y, 10);
        ShardTrainer[] old = Group(xs, ys, 10, TrainingStrategy.LocalSgd(3), out _, shuffle: true);
        await SimulatedGroup.RunEpochAsync(old);
        TrainerState state = old[1].Export();
        Assert.Contains(state.RuleState, v => v != 0);
        ShardTrainer[] renewed = Group(xs, ys, 10, TrainingStrategy.LocalSgd(3), out _, shuffle: true);
        foreach (ShardTrainer trainer in renewed.Concat(old))
            trainer.Import(state);
        EpochReport[] reports = await SimulatedGroup.RunEpochAsync(renewed);
        await SimulatedGroup.RunEpochAsync(old);
        Assert.Equal(2, reports[0].Epoch);
        Assert.True(old[0].Theta.SequenceEqual(renewed[0].Theta));
    }

    [Fact]
    public async Task An_epoch_allocates_nothing_once_warm()
    {
        (float[] x, int[] y) = Samples.Random(500, 4, 3, 8);
        foreach (TrainingStrategy strategy in new[] { TrainingStrategy.SynchronousSgd(), TrainingStrategy.LocalSgd(5) })
        {
            ShardTrainer trainer = Trainer([x], [y], 0, new SoloExchange(), 20, strategy, shuffle: true);
            for (int i = 0; i < 3; i++)
                await trainer.RunEpochAsync(CancellationToken.None);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ValueTask<EpochReport> epoch = trainer.RunEpochAsync(CancellationToken.None);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(epoch.IsCompletedSuccessfully);
            Assert.True((await epoch).Samples == 500);
            Assert.Equal(0, allocated);
        }
    }

    [Theory]
    [InlineData(0.001, 0.0001, 400, 90)]
    [InlineData(1, 0.0001, 400, 100)]
    [InlineData(0.00001, 0.1, 400, 4)]
    [InlineData(0, 0, 400, 20)]
    [InlineData(1, 0.0001, 3, 4)]
    public void Interval_keeps_exchanges_near_a_tenth_of_the_time(
        double exchange, double step, int stepsInEpoch, int expected) =>
        Assert.Equal(expected, ExchangeInterval.Choose(exchange, step, stepsInEpoch));

    [Fact]
    public void Options_survive_a_journey_through_json()
    {
        var options = (LocalSgdStrategy)TrainingStrategy.LocalSgd(7, 0.5f, 0.8f, LearningRateScaling.Linear);
        string text = JsonSerializer.Serialize(options);
        Assert.Equal(options, JsonSerializer.Deserialize<LocalSgdStrategy>(text));
    }

    private static (float[][] Features, int[][] Labels) Deal(float[] x, int[] y, int batch)
    {
        int[] owner = Enumerable.Range(0, y.Length).Select(i => i / batch % 2).ToArray();
        float[] Part(int rank) => x.Chunk(4).Where((_, i) => owner[i] == rank).SelectMany(r => r).ToArray();
        int[] PartLabels(int rank) => y.Where((_, i) => owner[i] == rank).ToArray();
        return ([Part(0), Part(1)], [PartLabels(0), PartLabels(1)]);
    }

    private static ShardTrainer[] Group(
        float[][] xs, int[][] ys, int batch, TrainingStrategy strategy, out SimulatedGroup group,
        float alpha = 0.1f, bool shuffle = false)
    {
        var members = new SimulatedGroup(xs.Length);
        group = members;
        return xs.Select((_, i) => Trainer(xs, ys, i, members.Member(i), batch, strategy, alpha, shuffle)).ToArray();
    }

    private static ShardTrainer Trainer(
        float[][] xs, int[][] ys, int rank, IExchange exchange, int batch, TrainingStrategy strategy,
        float alpha = 0.1f, bool shuffle = false) =>
        new(
            s_shape,
            xs[rank],
            ys[rank],
            MlpInitializer.Create(s_shape, 9),
            new Sgd(s_shape.ParameterCount, 0.05f, 0f, nesterov: false),
            new TrainerOptions { BatchSize = batch, Alpha = alpha, Shuffle = shuffle, Strategy = strategy },
            exchange);

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }
}
