namespace TaskGraph.Ml;

/// <summary>
/// Synchronous SGD: the gradients of all rows of all trainers are summed, with the number of rows as last element, so
/// that batches of different sizes, and trainers without rows, count as they should.
/// </summary>
internal sealed class SynchronousSgdRule(int parameters, float learningRateFactor) : IExchangeRule
{
    private readonly float[] _outbound = new float[parameters + 1];

    public float LearningRateFactor => learningRateFactor;

    public bool ExchangesGradients => true;

    public int? StepsBetweenExchanges => 1;

    public Memory<float> Outbound => _outbound;

    public Memory<float> Momentum => default;

    public void Begin(ReadOnlySpan<float> theta)
    {
    }

    public void BeginEpoch(int stepsBetweenExchanges)
    {
    }

    public void Compose(ReadOnlySpan<float> values, int rows)
    {
        values.CopyTo(_outbound);
        _outbound[parameters] = rows;
    }

    public float Apply(Span<float> values)
    {
        _outbound.AsSpan(0, parameters).CopyTo(values);
        return _outbound[parameters];
    }
}
