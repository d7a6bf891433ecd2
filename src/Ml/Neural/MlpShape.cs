namespace TaskGraph.Ml;

/// <summary>
/// The layers of a perceptron inside one flat array, theta. Rows are padded to whole vectors with zeros that every
/// update rule keeps at zero, so the kernels work on theta in place.
/// </summary>
internal sealed class MlpShape
{
    private readonly LayerShape[] _layers;

    /// <summary>Layer sizes from the inputs to the classes: 6, 64, 64, 32, 3.</summary>
    public MlpShape(params int[] layerSizes)
    {
        if (layerSizes.Length < 2)
            throw new ArgumentException("A network needs an input and an output size.", nameof(layerSizes));
        foreach (int size in layerSizes)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(layerSizes));
        _layers = new LayerShape[layerSizes.Length - 1];
        int offset = 0;
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new LayerShape(layerSizes[i], layerSizes[i + 1], Gemm.Pad(layerSizes[i + 1]), offset);
            offset = _layers[i].End;
        }

        Length = offset;
    }

    public ReadOnlySpan<LayerShape> Layers => _layers;

    public int Inputs => _layers[0].Inputs;

    public int Outputs => _layers[^1].Outputs;

    /// <summary>Floats of theta, padding included.</summary>
    public int Length { get; }

    /// <summary>The weights of a layer without padding, inputs × outputs (scikit-learn's coefs_).</summary>
    public float[,] Weights(ReadOnlySpan<float> theta, int layer)
    {
        var shape = _layers[layer];
        var weights = new float[shape.Inputs, shape.Outputs];
        for (int i = 0; i < shape.Inputs; i++)
        {
            for (int j = 0; j < shape.Outputs; j++)
                weights[i, j] = theta[shape.WeightOffset + (i * shape.Stride) + j];
        }

        return weights;
    }

    /// <summary>The biases of a layer without padding (scikit-learn's intercepts_).</summary>
    public float[] Biases(ReadOnlySpan<float> theta, int layer) =>
        theta.Slice(_layers[layer].BiasOffset, _layers[layer].Outputs).ToArray();
}
