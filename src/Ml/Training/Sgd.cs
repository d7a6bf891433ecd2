namespace TaskGraph.Ml;

/// <summary>Stochastic gradient descent with momentum: v ← μv − ηg; θ += v, or μv − ηg with Nesterov's
/// look-ahead.</summary>
public sealed class Sgd(int parameterCount, float learningRate = 1e-3f, float momentum = 0.9f, bool nesterov = true)
    : ILocalOptimizer
{
    private readonly float[] _velocity = new float[parameterCount];

    /// <inheritdoc/>
    public float LearningRate { get; set; } = learningRate;

    /// <inheritdoc/>
    public void Step(Span<float> theta, ReadOnlySpan<float> gradient)
    {
        float[] velocity = _velocity;
        if (theta.Length != velocity.Length || gradient.Length != velocity.Length)
            throw new ArgumentException($"Sgd was made for {velocity.Length} parameters, not {theta.Length}.");
        for (int i = 0; i < theta.Length; i++)
        {
            float change = LearningRate * gradient[i];
            float v = (momentum * velocity[i]) - change;
            velocity[i] = v;
            theta[i] += nesterov ? (momentum * v) - change : v;
        }
    }

    /// <inheritdoc/>
    public void Reset() => Array.Clear(_velocity);
}
