namespace TaskGraph.Ml;

/// <summary>
/// Layer sizes of a multi-layer perceptron and the place of every layer in one flat parameter array: per layer the
/// weights
/// (inputs × outputs, row-major), then the biases.
/// </summary>
public sealed class MlpShape
{
    private readonly int[] _sizes;
    private readonly int[] _offsets;

    /// <summary>Creates a shape from the sizes: inputs, hidden layers, outputs (one per class).</summary>
    /// <exception cref="ArgumentException">Fewer than two sizes, or one that is not positive.</exception>
    public MlpShape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length < 2)
            throw new ArgumentException("A network needs at least an input and an output size.", nameof(sizes));
        _sizes = sizes.ToArray();
        _offsets = new int[sizes.Length];
        for (int i = 0; i < _sizes.Length; i++)
        {
            if (_sizes[i] <= 0)
                throw new ArgumentException($"Layer size {_sizes[i]} at position {i} is not positive.", nameof(sizes));
        }

        for (int layer = 0; layer < Layers; layer++)
            _offsets[layer + 1] = checked(_offsets[layer] + ((_sizes[layer] + 1) * _sizes[layer + 1]));
    }

    /// <summary>The sizes: inputs, hidden layers, outputs.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>Number of weight layers.</summary>
    public int Layers => _sizes.Length - 1;

    /// <summary>Number of input features.</summary>
    public int Inputs => _sizes[0];

    /// <summary>Number of classes.</summary>
    public int Outputs => _sizes[^1];

    /// <summary>Number of floats in the parameter array.</summary>
    public int ParameterCount => _offsets[^1];

    /// <summary>The weights of one layer, inputs × outputs, row-major.</summary>
    public Range Weights(int layer) => _offsets[layer]..BiasStart(layer);

    /// <summary>The biases of one layer.</summary>
    public Range Biases(int layer) => BiasStart(layer)..(BiasStart(layer) + _sizes[layer + 1]);

    private int BiasStart(int layer) => _offsets[layer] + (_sizes[layer] * _sizes[layer + 1]);
}
