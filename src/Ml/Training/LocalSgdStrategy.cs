namespace TaskGraph.Ml;

/// <summary>
/// Local SGD (Stich 2018) with outer Nesterov momentum (Wang et al. 2019; Douillard et al. 2023): after H local steps
/// d = θ_start − mean θ, v ← μv + d, θ = θ_start − η(μv + d). A group of one has nothing to average and just steps.
/// </summary>
public sealed record LocalSgdStrategy : TrainingStrategy
{
    /// <summary>Local steps H between exchanges, or null to measure.</summary>
    public int? StepsBetweenExchanges { get; init; }

    /// <summary>Outer step size η.</summary>
    public float OuterLearningRate { get; init; } = 0.7f;

    /// <summary>Outer momentum μ.</summary>
    public float OuterMomentum { get; init; } = 0.9f;

    /// <inheritdoc/>
    public override int? LocalSteps => StepsBetweenExchanges;

    /// <inheritdoc/>
    public override ITrainingRule CreateRule(int groupSize, int parameterCount) =>
        new Rule(this, ScaleFor(groupSize), groupSize, parameterCount);

    private sealed class Rule(LocalSgdStrategy options, float factor, int groupSize, int parameterCount) : ITrainingRule
    {
        private readonly float[] _start = new float[parameterCount];
        private readonly float[] _velocity = new float[parameterCount];

        public ExchangeKind Kind => ExchangeKind.Parameters;

        public float LearningRateFactor => factor;

        public Span<float> State => _velocity;

        public void BeginEpoch(ReadOnlySpan<float> theta) => theta.CopyTo(_start);

        // The epoch's last step always exchanges, so that an epoch ends with one model everywhere.
        public bool IsDue(int done, int stepsInEpoch, int stepsBetweenExchanges) =>
            groupSize > 1 && (done % stepsBetweenExchanges == 0 || done == stepsInEpoch);

        public void Compose(ReadOnlySpan<float> own, float weight, Span<float> outbound)
        {
            for (int i = 0; i < own.Length; i++)
                outbound[i] = own[i] * weight;
        }

        public void Apply(ReadOnlySpan<float> sum, float totalWeight, Span<float> target)
        {
            float share = 1f / totalWeight, rate = options.OuterLearningRate, momentum = options.OuterMomentum;
            float[] start = _start, velocity = _velocity;
            for (int i = 0; i < start.Length; i++)
            {
                float change = start[i] - (sum[i] * share);
                float v = (momentum * velocity[i]) + change;
                velocity[i] = v;
                start[i] -= rate * ((momentum * v) + change);
                target[i] = start[i];
            }
        }
    }
}
