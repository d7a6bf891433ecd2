namespace TaskGraph.Ml;

/// <summary>
/// Local SGD: after some local steps θ ← start − η_o(μ_o·v + d), where d = start − mean(θᵏ) and v ← μ_o·v + d.
/// </summary>
internal sealed class LocalSgdRule : IExchangeRule
{
    // With fewer steps in a round, rounds point the same way and full momentum would multiply the step (measured: SDSS
    // ends at 0.90 with 4 steps and 0.9, at 0.97 with 8 steps and 0.9 or with 4 and 0.5).
    private const int FullMomentumSteps = 8;

    private readonly float[] _outbound;
    private readonly float[] _start;
    private readonly float[] _velocity;
    private readonly int _trainers;
    private readonly LocalSgdStrategy _strategy;
    private float _momentum;

    public LocalSgdRule(int parameters, int trainers, LocalSgdStrategy strategy)
    {
        _trainers = trainers;
        _strategy = strategy;
        _outbound = new float[parameters];
        IsPlainAverage = strategy is { OuterLearningRate: 1, OuterMomentum: 0 };
        _start = IsPlainAverage ? [] : new float[parameters];
        _velocity = IsPlainAverage ? [] : new float[parameters];
        LearningRateFactor = strategy.ScaleLearningRate ? Factor(trainers) : 1;
    }

    public float LearningRateFactor { get; }

    public bool ExchangesGradients => false;

    public int? StepsBetweenExchanges => _strategy.StepsBetweenExchanges;

    public Memory<float> Outbound => _outbound;

    public Memory<float> Momentum => _velocity;

    private bool IsPlainAverage { get; }

    public void Begin(ReadOnlySpan<float> theta)
    {
        if (!IsPlainAverage)
            theta.CopyTo(_start);
    }

    public void BeginEpoch(int stepsBetweenExchanges) =>
        _momentum = _strategy.OuterMomentum * MathF.Min(1, (float)stepsBetweenExchanges / FullMomentumSteps);

    public void Compose(ReadOnlySpan<float> values, int rows) => values.CopyTo(_outbound);

    public float Apply(Span<float> values)
    {
        float trainers = _trainers;
        if (IsPlainAverage)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = _outbound[i] / trainers;
            return 0;
        }

        float rate = _strategy.OuterLearningRate, momentum = _momentum;
        for (int i = 0; i < values.Length; i++)
        {
            float d = _start[i] - (_outbound[i] / trainers);
            float v = _velocity[i] = (momentum * _velocity[i]) + d;
            values[i] = _start[i] = _start[i] - (rate * ((momentum * v) + d));
        }

        return 0;
    }

    /// <summary>
    /// √p makes up for averaging p short steps; outer momentum already lengthens the steps, so that p^¼ is left to do
    /// (measured on SDSS with 2, 4 and 8 trainers, six seeds each).
    /// </summary>
    private float Factor(int trainers) =>
        IsPlainAverage ? MathF.Sqrt(trainers) : MathF.Sqrt(MathF.Sqrt(trainers));
}
