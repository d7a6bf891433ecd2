using System.Numerics;

namespace TaskGraph.Ml;

/// <summary>
/// scikit-learn's penalty: 0.5·α·Σ‖W‖²/m in the loss, αW/m in the gradient, m being the rows of the batch.
/// </summary>
internal static class L2Penalty
{
    /// <summary>Turns a gradient summed over rows into (sum + α·W)/m; returns Σ W².</summary>
    public static float Apply(Span<float> gradient, ReadOnlySpan<float> weights, float alpha, float rows)
    {
        weights = weights[..gradient.Length];
        float scale = 1 / rows;
        var scales = new Vector<float>(scale);
        var alphas = new Vector<float>(alpha);
        var squares = Vector<float>.Zero;
        int i = 0;
        for (; i <= gradient.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var w = new Vector<float>(weights[i..]);
            squares += w * w;
            ((new Vector<float>(gradient[i..]) + (alphas * w)) * scales).CopyTo(gradient[i..]);
        }

        float sum = Vector.Sum(squares);
        for (; i < gradient.Length; i++)
        {
            sum += weights[i] * weights[i];
            gradient[i] = (gradient[i] + (alpha * weights[i])) * scale;
        }

        return sum;
    }
}
