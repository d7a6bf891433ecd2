namespace TaskGraph.Ml;

/// <summary>
/// One trainer's side of a strategy: pure rules on flat spans, knowing neither sockets nor clocks. Between
/// <see cref="Compose"/> and <see cref="Apply"/> the caller sums <see cref="Outbound"/> over all trainers in place.
/// </summary>
internal interface IExchangeRule
{
    /// <summary>The factor on the learning rate.</summary>
    float LearningRateFactor { get; }

    /// <summary>Gradients are exchanged before each step (true), or weights after several (false).</summary>
    bool ExchangesGradients { get; }

    /// <summary>Steps between exchanges; null when they follow from measured times.</summary>
    int? StepsBetweenExchanges { get; }

    /// <summary>What all trainers sum.</summary>
    Memory<float> Outbound { get; }

    /// <summary>What, beside the weights, a resumed training needs; empty where nothing.</summary>
    Memory<float> Momentum { get; }

    /// <summary>Starts, or resumes, from common weights.</summary>
    void Begin(ReadOnlySpan<float> theta);

    /// <summary>Notes the steps between exchanges of the epoch that begins.</summary>
    void BeginEpoch(int stepsBetweenExchanges);

    /// <summary>
    /// Fills <see cref="Outbound"/> from this trainer's weights, or its gradient summed over some rows.
    /// </summary>
    void Compose(ReadOnlySpan<float> values, int rows);

    /// <summary>
    /// Turns the sum into the common weights or gradient; returns the rows that took part in a gradient.
    /// </summary>
    float Apply(Span<float> values);
}
