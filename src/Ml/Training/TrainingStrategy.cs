namespace TaskGraph.Ml;

/// <summary>How the learning rate grows with the number of trainers p.</summary>
public enum LearningRateScaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By √p, which suits Adam.</summary>
    SquareRoot,

    /// <summary>By p, which suits SGD.</summary>
    Linear,
}

/// <summary>
/// The options of a distributed training algorithm; they travel to the workers, where <see cref="CreateRule"/>
/// makes the
/// rule. A new algorithm is one file: a record of options and its rule.
/// </summary>
public abstract record TrainingStrategy
{
    /// <summary>Growth of the learning rate with the number of trainers.</summary>
    public LearningRateScaling LearningRateScaling { get; init; }

    /// <summary>Local steps between exchanges, or null for a number measured while training.</summary>
    public abstract int? LocalSteps { get; }

    /// <summary>Creates the rule of one trainer in a group of <paramref name="groupSize"/>.</summary>
    public abstract ITrainingRule CreateRule(int groupSize, int parameterCount);

    /// <summary>Averages gradients before every step: equal to one trainer with a batch as large as all of
    /// them.</summary>
    public static TrainingStrategy SynchronousSgd(LearningRateScaling scaling = LearningRateScaling.None) =>
        new SynchronousSgdStrategy { LearningRateScaling = scaling };

    /// <summary>
    /// Averages parameters after some local steps, with Nesterov momentum on the average: the default strategy.
    /// </summary>
    /// <param name="stepsBetweenExchanges">Local steps, or null to measure what keeps exchanges near a tenth of
    /// the time.</param>
    /// <param name="outerLearningRate">Step size on the averaged change, 0.7.</param>
    /// <param name="outerMomentum">Momentum on the averaged change, 0.9; with 0 and a rate of 1 it is a plain
    /// average.</param>
    /// <param name="scaling">Growth of the local learning rate with the group.</param>
    public static TrainingStrategy LocalSgd(
        int? stepsBetweenExchanges = null,
        float outerLearningRate = 0.7f,
        float outerMomentum = 0.9f,
        LearningRateScaling scaling = LearningRateScaling.SquareRoot)
    {
        if (stepsBetweenExchanges <= 0)
            throw new ArgumentOutOfRangeException(nameof(stepsBetweenExchanges), "At least one local step is needed.");
        return new LocalSgdStrategy
        {
            StepsBetweenExchanges = stepsBetweenExchanges,
            OuterLearningRate = outerLearningRate,
            OuterMomentum = outerMomentum,
            LearningRateScaling = scaling,
        };
    }

    /// <summary>The factor that <see cref="LearningRateScaling"/> means for a group.</summary>
    protected float ScaleFor(int groupSize) => LearningRateScaling switch
    {
        LearningRateScaling.None => 1f,
        LearningRateScaling.SquareRoot => MathF.Sqrt(groupSize),
        LearningRateScaling.Linear => groupSize,
    };
}
