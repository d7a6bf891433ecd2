namespace TaskGraph.Ml.Tests;

public sealed class StrategyTests
{
    private const int Rows = 480;
    private const int Batch = 20;

    private static readonly TrainerSettings s_settings = new()
    {
        LayerSizes = [5, 16, 8, 3],
        BatchSize = Batch,
        Shuffle = false,
        Alpha = 0.01f,
        Seed = 11,
    };

    [Theory]
    [InlineData(2, Rows, Solver.Adam)]
    [InlineData(3, Rows, Solver.Adam)]
    [InlineData(2, Rows, Solver.Sgd)]
    [InlineData(4, Rows - 25, Solver.Sgd)]
    public async Task Synchronous_training_equals_one_trainer_with_the_joined_batch(
        int trainers, int rows, Solver solver)
    {
        var whole = Blobs.Shard(rows, 5, 3, 1);
        var settings = s_settings with
        {
            Solver = solver,
            LearningRate = solver == Solver.Adam ? 1e-3f : 0.05f,
            Strategy = TrainingStrategy.SynchronousSgd(),
        };
        var single = await TrainAsync(settings with { BatchSize = trainers * Batch }, 1, _ => whole);
        var states = await TrainAsync(settings, trainers, rank => Blobs.Dealt(whole, Batch, rank, trainers));
        AssertClose(single[0].Theta, states[0].Theta, 2e-4f);
        Assert.All(states, state => Assert.Equal(states[0].Theta, state.Theta));
    }

    [Fact]
    public async Task Averaging_after_every_plain_step_equals_synchronous_training()
    {
        var whole = Blobs.Shard(Rows, 5, 3, 1);
        var settings = s_settings with { Solver = Solver.Sgd, LearningRate = 0.05f, Alpha = 0 };
        Shard Part(int rank) => Blobs.Dealt(whole, Batch, rank, 4);
        var synchronous = await TrainAsync(settings with { Strategy = TrainingStrategy.SynchronousSgd() }, 4, Part);
        var averaging = TrainingStrategy.LocalSgd(1, outerLearningRate: 1, outerMomentum: 0, scaleLearningRate: false);
        var local = await TrainAsync(settings with { Strategy = averaging }, 4, Part);
        AssertClose(synchronous[0].Theta, local[0].Theta, 1e-5f);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(4, 0)]
    [InlineData(3, 1e-7)]
    [InlineData(5, 1e-7)]
    public void Averaging_equal_weights_gives_these_weights(int trainers, float tolerance)
    {
        float[] theta = Weights(37);
        var rule = TrainingStrategy.LocalSgd(5, 1, 0).CreateRule(theta.Length, trainers);
        Exchange(rule, theta, trainers);
        AssertClose(Weights(37), theta, tolerance);
    }

    [Fact]
    public void Outer_momentum_moves_the_common_weights_as_Nesterov_does()
    {
        float[] theta = [1f];
        var rule = TrainingStrategy.LocalSgd(10).CreateRule(1, 2);
        rule.Begin(theta);
        rule.BeginEpoch(10);
        double start = 1, velocity = 0;
        for (int round = 0; round < 4; round++)
        {
            theta[0] -= 0.25f;
            double d = start - theta[0];
            velocity = (0.9 * velocity) + d;
            start -= 0.7 * ((0.9 * velocity) + d);
            Exchange(rule, theta, 2);
            Assert.Equal(start, theta[0], 1e-5);
        }
    }

    [Fact]
    public async Task Shards_of_different_sizes_make_the_same_number_of_exchanges()
    {
        var whole = Blobs.Shard(Rows, 5, 3, 1);
        int[] starts = [0, 300, 410, 417, Rows];
        Shard Part(int rank) => new(whole.Features[(starts[rank] * 5)..(starts[rank + 1] * 5)],
            whole.Labels[starts[rank]..starts[rank + 1]], 5);
        foreach (var strategy in new[] { TrainingStrategy.SynchronousSgd(), TrainingStrategy.LocalSgd(4) })
        {
            var states = await TrainAsync(s_settings with { Strategy = strategy }, 4, Part);
            Assert.All(states, state => Assert.Equal(states[0].Theta, state.Theta));
        }
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        var settings = s_settings with { Shuffle = true, Strategy = TrainingStrategy.LocalSgd(3) };
        var whole = Blobs.Shard(Rows, 5, 3, 1);
        Shard Part(int rank) => Blobs.Dealt(whole, 1, rank, 3);
        var first = await TrainAsync(settings, 3, Part);
        var second = await TrainAsync(settings, 3, Part);
        var other = await TrainAsync(settings with { Seed = 12 }, 3, Part);
        Assert.Equal(first[0].Theta, second[0].Theta);
        Assert.NotEqual(first[0].Theta, other[0].Theta);
    }

    [Fact]
    public async Task Training_resumed_from_a_state_without_local_moments_goes_on_as_if_uninterrupted()
    {
        // Plain local steps keep no moments, so that nothing is lost by a restart.
        var settings = s_settings with
        {
            Shuffle = true,
            Solver = Solver.Sgd,
            Momentum = 0,
            LearningRate = 0.02f,
            Strategy = TrainingStrategy.LocalSgd(8),
        };
        var whole = Blobs.Shard(Rows, 5, 3, 1);
        Shard Part(int rank) => Blobs.Dealt(whole, 1, rank, 2);
        var through = await TrainAsync(settings, 2, Part, epochs: 4);
        var half = await TrainAsync(settings, 2, Part, epochs: 2);
        Assert.Equal(2, half[0].Epoch);
        var resumed = await TrainAsync(settings, 2, Part, epochs: 2, half[0]);
        Assert.Equal(through[0].Theta, resumed[0].Theta);
        Assert.Equal(through[0].OuterMomentum, resumed[0].OuterMomentum);
    }

    [Fact]
    public async Task Reports_are_combined_over_all_ranks()
    {
        var whole = Blobs.Shard(10_007, 5, 3, 1);
        var settings = s_settings with { Strategy = TrainingStrategy.LocalSgd(16) };
        var reports = await SimulatedGroup.RunAsync(3, group =>
        {
            var shard = Blobs.Dealt(whole, 1, group.Rank, 3);
            return new ShardTrainer(settings, shard, group, TrainerState.Initial(settings)).RunEpochAsync();
        });
        Assert.All(reports, report =>
        {
            Assert.Equal((1, 10_007, 3), (report.Epoch, report.Samples, report.Trainers));
            Assert.Equal(16, report.StepsBetweenExchanges);
            Assert.Equal((reports[0].Loss, reports[0].Accuracy), (report.Loss, report.Accuracy));
            Assert.InRange(report.Accuracy, 0.4, 1);
        });
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var trainer = new LocalTrainer(s_settings with { Shuffle = true }, Blobs.Shard(Rows, 5, 3, 1), 1);
        GlorotUniform.Fill(new MlpShape(s_settings.LayerSizes), trainer.Theta.Span, 1);
        for (int warm = 0; warm < 2; warm++)
            RunEpoch(trainer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunEpoch(trainer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task A_loss_that_is_no_number_ends_the_training_with_advice()
    {
        var shard = Blobs.Shard(Rows, 5, 3, 1);
        shard.Features[7] = float.PositiveInfinity;
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(
            () => TrainAsync(s_settings, 1, _ => shard));
        Assert.Contains("epoch 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-6, 1e-3, 200, 16)]
    [InlineData(1e-3, 5e-4, 400, 18)]
    [InlineData(1, 1e-3, 400, 50)]
    [InlineData(1, 1e-3, 20, 16)]
    public void The_automatic_interval_makes_exchanges_a_tenth_of_the_time_within_bounds(
        double exchange, double step, int stepsPerEpoch, int expected) =>
        Assert.Equal(expected, AutomaticInterval.Choose(exchange, step, stepsPerEpoch));

    [Fact]
    public void Strategies_and_states_travel_as_payloads()
    {
        var settings = s_settings with { Strategy = TrainingStrategy.LocalSgd(7, 0.5f, 0.3f) };
        var copy = PayloadCodecs.Decode<TrainerSettings>(PayloadCodecs.Encode(settings));
        Assert.Equal(settings.Strategy, copy.Strategy);
        Assert.Equal(settings.LayerSizes, copy.LayerSizes);
        Assert.Equal(TrainingStrategy.SynchronousSgd(true), PayloadCodecs.Decode<TrainingStrategy>(
            PayloadCodecs.Encode(TrainingStrategy.SynchronousSgd(true))));
        var state = TrainerState.Initial(settings) with { Epoch = 3, OuterMomentum = [1, 2] };
        var stateCopy = PayloadCodecs.Decode<TrainerState>(PayloadCodecs.Encode(state));
        Assert.Equal(state.Theta, stateCopy.Theta);
        Assert.Equal((3, 2f), (stateCopy.Epoch, stateCopy.OuterMomentum[1]));
    }

    private static void RunEpoch(LocalTrainer trainer)
    {
        trainer.BeginEpoch(0, 0);
        for (int step = 0; step < trainer.Steps; step++)
        {
            int rows = trainer.Sum(step);
            trainer.Step(rows, rows);
        }
    }

    private static Task<TrainerState[]> TrainAsync(
        TrainerSettings settings, int trainers, Func<int, Shard> part, int epochs = 3, TrainerState? start = null) =>
        SimulatedGroup.RunAsync(trainers, async group =>
        {
            var trainer = new ShardTrainer(settings, part(group.Rank), group, start ?? TrainerState.Initial(settings));
            for (int epoch = 0; epoch < epochs; epoch++)
                await trainer.RunEpochAsync();
            return trainer.State;
        });

    private static void Exchange(IExchangeRule rule, float[] theta, int trainers)
    {
        rule.Compose(theta, 0);
        foreach (ref float value in rule.Outbound.Span)
        {
            float one = value;
            for (int other = 1; other < trainers; other++)
                value += one;
        }

        rule.Apply(theta);
    }

    private static float[] Weights(int count)
    {
        var random = new SeededRandom(2);
        float[] weights = new float[count];
        foreach (ref float weight in weights.AsSpan())
            weight = (float)random.NextUnit();
        return weights;
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }
}
