namespace TaskGraph.Ml;

/// <summary>
/// One trainer's weights, gradient and optimiser: the steps that need nobody else. Allocates nothing per step.
/// </summary>
internal sealed class LocalTrainer
{
    private readonly TrainerSettings _settings;
    private readonly ShardBatches _batches;
    private readonly MlpNetwork _network;
    private readonly ILocalOptimizer _optimizer;
    private readonly float _learningRate;

    public LocalTrainer(TrainerSettings settings, Shard shard, float learningRateFactor)
    {
        _settings = settings;
        var shape = new MlpShape(settings.LayerSizes);
        if (shape.Inputs != shard.FeatureCount)
            throw new ArgumentException($"The network takes {shape.Inputs} features, not {shard.FeatureCount}.");
        foreach (int label in shard.Labels)
        {
            if ((uint)label >= (uint)shape.Outputs)
                throw new ArgumentException($"Label {label} is none of the {shape.Outputs} classes.", nameof(shard));
        }

        _batches = new ShardBatches(shard, settings.BatchSize);
        _network = new MlpNetwork(shape, _batches.BatchSize);
        Theta = new AlignedBuffer(shape.Length);
        Gradient = new AlignedBuffer(shape.Length);
        float rate = _learningRate = settings.LearningRate * learningRateFactor;
        _optimizer = settings.Solver switch
        {
            Solver.Adam => new Adam(shape.Length, rate),
            Solver.Sgd => new Sgd(shape.Length, rate, settings.Momentum, settings.Nesterov),
        };
    }

    public AlignedBuffer Theta { get; }

    /// <summary>
    /// After <see cref="Sum"/> summed over the rows of the batch, after <see cref="Step"/> their mean.
    /// </summary>
    public AlignedBuffer Gradient { get; }

    /// <summary>Steps of one epoch.</summary>
    public int Steps => _batches.Count;

    public EpochTally Tally { get; private set; }

    public void BeginEpoch(int rank, int epoch)
    {
        Tally = default;
        _optimizer.LearningRate = _learningRate * CoolDown.Factor(epoch, _settings.Epochs, _settings.CoolDown);
        if (_settings.Shuffle)
            _batches.Shuffle(_settings.Seed, rank, epoch);
    }

    /// <summary>Forgets what was counted.</summary>
    public void ClearTally() => Tally = default;

    /// <summary>Computes a batch's gradient, summed over its rows; returns the rows.</summary>
    public int Sum(int batch)
    {
        var labels = _batches.Load(batch, _network);
        var result = _network.GradientSum(Theta, labels, Gradient);
        Tally = Tally.Add(result, labels.Length);
        return labels.Length;
    }

    /// <summary>Steps along a gradient that was summed over <paramref name="rows"/> rows.</summary>
    /// <param name="rows">Rows of the gradient, of all trainers.</param>
    /// <param name="ownRows">Rows that this trainer put in: the weight of the penalty in its loss.</param>
    public void Step(float rows, int ownRows)
    {
        float penalty = _network.Finish(Theta.Span, Gradient.Span, _settings.Alpha, rows);
        Tally = Tally.AddPenalty((double)penalty * ownRows);
        _optimizer.Step(Theta.Span, Gradient.Span);
    }
}
