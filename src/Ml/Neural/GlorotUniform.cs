namespace TaskGraph.Ml;

/// <summary>
/// scikit-learn's start for ReLU: weights and biases uniform in ±√(6/(in + out)) (Glorot and Bengio 2010).
/// </summary>
internal static class GlorotUniform
{
    private const double Factor = 6;

    /// <summary>Fills theta; the padding becomes zero. The same seed gives the same bits on every machine.</summary>
    public static void Fill(MlpShape shape, Span<float> theta, ulong seed)
    {
        theta.Clear();
        var random = new SeededRandom(seed);
        foreach (var layer in shape.Layers)
        {
            double bound = Math.Sqrt(Factor / (layer.Inputs + layer.Outputs));

            // The row behind the weights holds the biases: the same interval.
            for (int row = 0; row <= layer.Inputs; row++)
            {
                foreach (ref float value in theta.Slice(layer.WeightOffset + (row * layer.Stride), layer.Outputs))
                    value = (float)(((random.NextUnit() * 2) - 1) * bound);
            }
        }
    }
}
