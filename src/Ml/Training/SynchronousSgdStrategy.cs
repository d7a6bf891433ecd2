namespace TaskGraph.Ml;

/// <summary>Synchronous SGD; see <see cref="TrainingStrategy.SynchronousSgd"/>.</summary>
public sealed record SynchronousSgdStrategy : TrainingStrategy
{
    /// <summary>Whether the learning rate is multiplied by √trainers.</summary>
    public bool ScaleLearningRate { get; init; }

    internal override IExchangeRule CreateRule(int parameters, int trainers) =>
        new SynchronousSgdRule(parameters, ScaleLearningRate ? MathF.Sqrt(trainers) : 1);
}
