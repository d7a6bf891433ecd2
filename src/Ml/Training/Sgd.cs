using System.Numerics;

namespace TaskGraph.Ml;

/// <summary>
/// Gradient descent with momentum, scikit-learn's form: v ← μv − ηg; θ += v, or μv − ηg under Nesterov's rule.
/// </summary>
internal sealed class Sgd(int length, float learningRate, float momentum, bool nesterov) : ILocalOptimizer
{
    private readonly float[] _velocity = new float[length];

    public float LearningRate { get; set; } = learningRate;

    public void Step(Span<float> theta, ReadOnlySpan<float> gradient)
    {
        Span<float> velocity = _velocity;
        theta = theta[..velocity.Length];
        gradient = gradient[..velocity.Length];
        Vector<float> rates = new(LearningRate), momenta = new(momentum);
        int i = 0;
        for (; i <= velocity.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var push = rates * new Vector<float>(gradient[i..]);
            var v = (momenta * new Vector<float>(velocity[i..])) - push;
            v.CopyTo(velocity[i..]);
            (new Vector<float>(theta[i..]) + (nesterov ? (momenta * v) - push : v)).CopyTo(theta[i..]);
        }

        for (; i < velocity.Length; i++)
        {
            float push = LearningRate * gradient[i];
            float v = velocity[i] = (momentum * velocity[i]) - push;
            theta[i] += nesterov ? (momentum * v) - push : v;
        }
    }
}
