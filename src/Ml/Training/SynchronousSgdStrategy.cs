namespace TaskGraph.Ml;

/// <summary>Bulk-synchronous SGD: the mean gradient over all rows of the step, weighted by the rows of each
/// trainer.</summary>
public sealed record SynchronousSgdStrategy : TrainingStrategy
{
    /// <inheritdoc/>
    public override int? LocalSteps => 1;

    /// <inheritdoc/>
    public override ITrainingRule CreateRule(int groupSize, int parameterCount) => new Rule(ScaleFor(groupSize));

    private sealed class Rule(float learningRateFactor) : ITrainingRule
    {
        public ExchangeKind Kind => ExchangeKind.Gradients;

        public float LearningRateFactor => learningRateFactor;

        public Span<float> State => default;

        public void BeginEpoch(ReadOnlySpan<float> theta)
        {
        }

        public bool IsDue(int done, int stepsInEpoch, int stepsBetweenExchanges) => true;

        public void Compose(ReadOnlySpan<float> own, float weight, Span<float> outbound)
        {
            for (int i = 0; i < own.Length; i++)
                outbound[i] = own[i] * weight;
        }

        public void Apply(ReadOnlySpan<float> sum, float totalWeight, Span<float> target)
        {
            float share = 1f / totalWeight;
            for (int i = 0; i < target.Length; i++)
                target[i] = sum[i] * share;
        }
    }
}
