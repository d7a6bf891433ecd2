using System.Runtime.Serialization;

namespace TaskGraph.Ml;

/// <summary>How the trainers of one model combine their work.</summary>
[KnownType(typeof(SynchronousSgdStrategy))]
[KnownType(typeof(LocalSgdStrategy))]
public abstract record TrainingStrategy
{
    private protected TrainingStrategy()
    {
    }

    /// <summary>
    /// Every step all trainers share their gradients, as if one machine took a batch of trainers × batch size rows.
    /// </summary>
    /// <param name="scaleLearningRate">Multiply the learning rate by √trainers.</param>
    public static TrainingStrategy SynchronousSgd(bool scaleLearningRate = false) =>
        new SynchronousSgdStrategy { ScaleLearningRate = scaleLearningRate };

    /// <summary>
    /// Trainers step alone and average their weights now and then; the averages move the common weights with Nesterov
    /// momentum (Wang et al. 2019, SlowMo; Douillard et al. 2023, DiLoCo).
    /// </summary>
    /// <param name="stepsBetweenExchanges">
    /// Local steps between two averages; null = chosen each epoch so that exchanging takes about a tenth of the time,
    /// which makes results depend on timing.
    /// </param>
    /// <param name="outerLearningRate">How far the common weights follow an average.</param>
    /// <param name="outerMomentum">
    /// Nesterov momentum of the common weights, reduced under 8 local steps; 0 and a rate of 1 = plain averaging.
    /// </param>
    /// <param name="scaleLearningRate">
    /// Multiply the learning rate by the fourth root of the trainers, or the square root under plain averaging.
    /// </param>
    public static TrainingStrategy LocalSgd(
        int? stepsBetweenExchanges = null, float outerLearningRate = 0.7f, float outerMomentum = 0.9f,
        bool scaleLearningRate = true) => new LocalSgdStrategy
        {
            StepsBetweenExchanges = stepsBetweenExchanges,
            OuterLearningRate = outerLearningRate,
            OuterMomentum = outerMomentum,
            ScaleLearningRate = scaleLearningRate,
        };

    /// <summary>The rule as one trainer runs it.</summary>
    internal abstract IExchangeRule CreateRule(int parameters, int trainers);
}
