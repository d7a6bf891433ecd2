using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskGraph.Ml;

/// <summary>Adam (Kingma and Ba 2014) in scikit-learn's form: θ −= η√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).</summary>
public sealed class Adam(
    int parameterCount, float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
    : ILocalOptimizer
{
    private readonly float[] _m = new float[parameterCount];
    private readonly float[] _v = new float[parameterCount];
    private long _steps;

    /// <inheritdoc/>
    public float LearningRate { get; set; } = learningRate;

    /// <inheritdoc/>
    public void Step(Span<float> theta, ReadOnlySpan<float> gradient)
    {
        if (theta.Length != _m.Length || gradient.Length != _m.Length)
            throw new ArgumentException($"Adam was made for {_m.Length} parameters, not {theta.Length}.");
        _steps++;
        double correction = Math.Sqrt(1 - Math.Pow(beta2, _steps)) / (1 - Math.Pow(beta1, _steps));
        float rate = (float)(LearningRate * correction);
        var w = MemoryMarshal.Cast<float, Vector<float>>(theta);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var m = MemoryMarshal.Cast<float, Vector<float>>(_m.AsSpan());
        var v = MemoryMarshal.Cast<float, Vector<float>>(_v.AsSpan());
        for (int i = 0; i < w.Length; i++)
        {
            m[i] = (m[i] * beta1) + (g[i] * (1 - beta1));
            v[i] = (v[i] * beta2) + (g[i] * g[i] * (1 - beta2));
            w[i] -= m[i] * rate / (Vector.SquareRoot(v[i]) + new Vector<float>(epsilon));
        }

        for (int i = w.Length * Vector<float>.Count; i < theta.Length; i++)
        {
            _m[i] = (_m[i] * beta1) + (gradient[i] * (1 - beta1));
            _v[i] = (_v[i] * beta2) + (gradient[i] * gradient[i] * (1 - beta2));
            theta[i] -= _m[i] * rate / (MathF.Sqrt(_v[i]) + epsilon);
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _steps = 0;
        Array.Clear(_m);
        Array.Clear(_v);
    }
}
