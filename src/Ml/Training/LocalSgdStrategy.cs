namespace TaskGraph.Ml;

/// <summary>Local SGD with outer momentum; see <see cref="TrainingStrategy.LocalSgd"/>.</summary>
public sealed record LocalSgdStrategy : TrainingStrategy
{
    private readonly int? _stepsBetweenExchanges;

    /// <summary>Local steps between two exchanges; null = chosen from measured times each epoch.</summary>
    public int? StepsBetweenExchanges
    {
        get => _stepsBetweenExchanges;
        init => _stepsBetweenExchanges = value is < 1
            ? throw new ArgumentOutOfRangeException(nameof(value), value, "At least one step lies between exchanges.")
            : value;
    }

    /// <summary>How far the common weights follow an average.</summary>
    public float OuterLearningRate { get; init; } = 0.7f;

    /// <summary>Nesterov momentum of the common weights.</summary>
    public float OuterMomentum { get; init; } = 0.9f;

    /// <summary>Whether the learning rate grows with the number of trainers.</summary>
    public bool ScaleLearningRate { get; init; } = true;

    internal override IExchangeRule CreateRule(int parameters, int trainers) =>
        new LocalSgdRule(parameters, trainers, this);
}
