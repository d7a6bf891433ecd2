using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskGraph.Ml;

/// <summary>The L2 penalty ½·scale·Σ‖W‖²; biases are free, and scikit-learn's scale is alpha / rows of the
/// batch.</summary>
internal static class WeightPenalty
{
    /// <summary>Adds scale·W to the gradient and returns the penalty.</summary>
    public static double Add(MlpShape shape, ReadOnlySpan<float> theta, Span<float> gradient, float scale)
    {
        double squares = 0;
        for (int layer = 0; layer < shape.Layers; layer++)
            squares += Add(theta[shape.Weights(layer)], gradient[shape.Weights(layer)], scale);
        return 0.5 * scale * squares;
    }

    private static float Add(ReadOnlySpan<float> weights, Span<float> gradient, float scale)
    {
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var squares = Vector<float>.Zero;
        var factor = new Vector<float>(scale);
        for (int i = 0; i < g.Length; i++)
        {
            g[i] += factor * w[i];
            squares += w[i] * w[i];
        }

        float sum = Vector.Sum(squares);
        for (int i = g.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            gradient[i] += scale * weights[i];
            sum += weights[i] * weights[i];
        }

        return sum;
    }
}
