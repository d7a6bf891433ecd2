namespace TaskGraph.Ml;

/// <summary>Turns a gradient into a change of the parameters, with state of its own.</summary>
public interface ILocalOptimizer
{
    /// <summary>Step size of the next step.</summary>
    float LearningRate { get; set; }

    /// <summary>Changes the parameters in place.</summary>
    void Step(Span<float> theta, ReadOnlySpan<float> gradient);

    /// <summary>Forgets all moments, as after a change of the worker group.</summary>
    void Reset();
}
