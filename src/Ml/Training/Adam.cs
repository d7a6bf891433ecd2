using System.Numerics;

namespace TaskGraph.Ml;

/// <summary>
/// Adam (Kingma and Ba 2014) in scikit-learn's form: θ −= η·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).
/// </summary>
internal sealed class Adam(int length, float learningRate) : ILocalOptimizer
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly float[] _mean = new float[length];
    private readonly float[] _variance = new float[length];
    private double _beta1Power = 1;
    private double _beta2Power = 1;

    public float LearningRate { get; set; } = learningRate;

    public void Step(Span<float> theta, ReadOnlySpan<float> gradient)
    {
        _beta1Power *= 0.9;
        _beta2Power *= 0.999;
        float rate = (float)(LearningRate * Math.Sqrt(1 - _beta2Power) / (1 - _beta1Power));
        theta = theta[.._mean.Length];
        gradient = gradient[.._mean.Length];
        int i = Vectors(theta, gradient, rate);
        for (; i < _mean.Length; i++)
        {
            float g = gradient[i];
            float m = _mean[i] = (Beta1 * _mean[i]) + ((1 - Beta1) * g);
            float v = _variance[i] = (Beta2 * _variance[i]) + ((1 - Beta2) * (g * g));
            theta[i] -= rate * m / (MathF.Sqrt(v) + Epsilon);
        }
    }

    private int Vectors(Span<float> theta, ReadOnlySpan<float> gradient, float rate)
    {
        Span<float> means = _mean, variances = _variance;
        Vector<float> beta1 = new(Beta1), beta2 = new(Beta2), rates = new(rate), epsilon = new(Epsilon);
        Vector<float> gain1 = new(1 - Beta1), gain2 = new(1 - Beta2);
        int i = 0;
        for (; i <= theta.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]);
            var m = (beta1 * new Vector<float>(means[i..])) + (gain1 * g);
            var v = (beta2 * new Vector<float>(variances[i..])) + (gain2 * (g * g));
            m.CopyTo(means[i..]);
            v.CopyTo(variances[i..]);
            (new Vector<float>(theta[i..]) - (rates * m / (Vector.SquareRoot(v) + epsilon))).CopyTo(theta[i..]);
        }

        return i;
    }
}
