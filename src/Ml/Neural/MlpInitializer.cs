namespace TaskGraph.Ml;

/// <summary>Starting parameters as scikit-learn draws them for ReLU networks.</summary>
public static class MlpInitializer
{
    /// <summary>
    /// Draws weights and biases of each layer from U(−r, r), r = √(6 / (inputs + outputs)) (Glorot and Bengio 2010);
    /// the same seed gives the same bits on every machine.
    /// </summary>
    public static float[] Create(MlpShape shape, int seed)
    {
        var theta = new float[shape.ParameterCount];
        var random = Xoshiro256.ForStream(seed, 0, -1);
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            float r = MathF.Sqrt(6f / (shape.Sizes[layer] + shape.Sizes[layer + 1]));
            foreach (ref float weight in theta.AsSpan(shape.Weights(layer)))
                weight = ((2f * random.NextSingle()) - 1f) * r;
            foreach (ref float bias in theta.AsSpan(shape.Biases(layer)))
                bias = ((2f * random.NextSingle()) - 1f) * r;
        }

        return theta;
    }
}
