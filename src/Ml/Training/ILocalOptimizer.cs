namespace TaskGraph.Ml;

/// <summary>An update rule that one trainer applies to its own parameters.</summary>
internal interface ILocalOptimizer
{
    /// <summary>The learning rate of the next steps.</summary>
    float LearningRate { get; set; }

    /// <summary>Moves <paramref name="theta"/> by one step along the mean <paramref name="gradient"/>.</summary>
    void Step(Span<float> theta, ReadOnlySpan<float> gradient);
}
