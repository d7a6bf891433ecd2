namespace TaskGraph.Ml;

/// <summary>
/// A multi-layer perceptron with ReLU and softmax: forward and backward over a batch, on buffers that are made once.
/// Not for concurrent use; the parameters belong to the caller.
/// </summary>
internal sealed unsafe class MlpNetwork
{
    private readonly AlignedBuffer[] _activations;
    private readonly AlignedBuffer[] _deltas;
    private readonly AlignedBuffer[] _transposed;
    private readonly AlignedBuffer _zeros;
    private readonly AlignedBuffer _one = new(1);

    public MlpNetwork(MlpShape shape, int maxRows)
    {
        Shape = shape;
        MaxRows = maxRows;
        var layers = shape.Layers;
        _activations = new AlignedBuffer[layers.Length + 1];
        _deltas = new AlignedBuffer[layers.Length];
        _transposed = new AlignedBuffer[layers.Length];
        _activations[0] = new AlignedBuffer(maxRows * shape.Inputs);
        int widest = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            _activations[i + 1] = new AlignedBuffer(maxRows * layers[i].Stride);

            // The output layer's gradient replaces its activations; the others are computed from the layer above.
            _deltas[i] = i == layers.Length - 1 ? _activations[i + 1] : new AlignedBuffer(maxRows * layers[i].Stride);
            _transposed[i] = new AlignedBuffer(i == 0 ? 0 : layers[i].Outputs * layers[i - 1].Stride);
            widest = Math.Max(widest, layers[i].Stride);
        }

        _zeros = new AlignedBuffer(widest);
        _one.Span[0] = 1;
    }

    public MlpShape Shape { get; }

    /// <summary>Most rows of one batch.</summary>
    public int MaxRows { get; }

    /// <summary>Where the caller puts the rows of the next batch, without padding.</summary>
    public Span<float> Input(int rows) => _activations[0].Span[..(rows * Shape.Inputs)];

    /// <summary>
    /// Computes the gradient of the batch in <see cref="Input"/>, summed (not averaged) over its rows and without the
    /// penalty, into <paramref name="gradient"/>.
    /// </summary>
    public BatchResult GradientSum(AlignedBuffer theta, ReadOnlySpan<int> labels, AlignedBuffer gradient)
    {
        var output = Shape.Layers[^1];
        Forward(theta, labels.Length);
        var result = SoftmaxCrossEntropy.Gradient(_activations[^1].Pointer, labels, output.Outputs, output.Stride);
        for (int layer = Shape.Layers.Length - 1; layer >= 0; layer--)
        {
            WeightGradient(layer, labels.Length, gradient);
            if (layer > 0)
                Backward(theta, layer, labels.Length);
        }

        return result;
    }

    /// <summary>
    /// Turns a gradient summed over <paramref name="rows"/> rows into the mean one with scikit-learn's penalty;
    /// returns the penalty's part of the loss.
    /// </summary>
    public float Finish(ReadOnlySpan<float> theta, Span<float> gradient, float alpha, float rows)
    {
        float squares = 0;
        foreach (var layer in Shape.Layers)
        {
            var weights = gradient.Slice(layer.WeightOffset, layer.WeightLength);
            squares += L2Penalty.Apply(weights, theta.Slice(layer.WeightOffset, layer.WeightLength), alpha, rows);
            var biases = gradient.Slice(layer.BiasOffset, layer.Stride);
            L2Penalty.Apply(biases, theta.Slice(layer.BiasOffset, layer.Stride), 0, rows);
        }

        return 0.5f * alpha * squares / rows;
    }

    /// <summary>
    /// The class probabilities of the batch in <see cref="Input"/>: rows of <see cref="LayerShape.Stride"/> floats of
    /// the output layer, of which the first are the classes. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<float> Probabilities(AlignedBuffer theta, int rows)
    {
        var output = Shape.Layers[^1];
        Forward(theta, rows);
        SoftmaxCrossEntropy.Softmax(_activations[^1].Pointer, rows, output.Outputs, output.Stride);
        return _activations[^1].Span[..(rows * output.Stride)];
    }

    private void Forward(AlignedBuffer theta, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows);
        int last = Shape.Layers.Length - 1;
        for (int i = 0; i <= last; i++)
        {
            var layer = Shape.Layers[i];
            var call = new GemmCall
            {
                Rows = rows,
                Columns = layer.Stride,
                Depth = layer.Inputs,
                A = _activations[i].Pointer,
                ARowStride = InputStride(i),
                ADepthStride = 1,
                B = theta.Pointer + layer.WeightOffset,
                BStride = layer.Stride,
                C = _activations[i + 1].Pointer,
                CStride = layer.Stride,
                Start = theta.Pointer + layer.BiasOffset,
            };
            if (i == last)
                Gemm.Run<StoreSum>(call);
            else
                Gemm.Run<StoreRelu>(call);
        }
    }

    /// <summary>dW = Hᵀ·Δ; db = the column sums of Δ, which is a product with a row of ones.</summary>
    private void WeightGradient(int index, int rows, AlignedBuffer gradient)
    {
        var layer = Shape.Layers[index];
        var call = new GemmCall
        {
            Rows = layer.Inputs,
            Columns = layer.Stride,
            Depth = rows,
            A = _activations[index].Pointer,
            ARowStride = 1,
            ADepthStride = InputStride(index),
            B = _deltas[index].Pointer,
            BStride = layer.Stride,
            C = gradient.Pointer + layer.WeightOffset,
            CStride = layer.Stride,
            Start = _zeros.Pointer,
        };
        Gemm.Run<StoreSum>(call);
        call.Rows = 1;
        call.A = _one.Pointer;
        call.ADepthStride = 0;
        call.C = gradient.Pointer + layer.BiasOffset;
        Gemm.Run<StoreSum>(call);
    }

    /// <summary>The layer below: Δ' = (Δ·Wᵀ) where its unit was active.</summary>
    private void Backward(AlignedBuffer theta, int index, int rows)
    {
        var layer = Shape.Layers[index];
        int stride = Shape.Layers[index - 1].Stride;
        Transposition.Run(theta.Pointer + layer.WeightOffset, layer.Stride, layer.Inputs, layer.Outputs,
            _transposed[index].Pointer, stride);
        Gemm.Run<StoreGated>(new GemmCall
        {
            Rows = rows,
            Columns = stride,
            Depth = layer.Outputs,
            A = _deltas[index].Pointer,
            ARowStride = layer.Stride,
            ADepthStride = 1,
            B = _transposed[index].Pointer,
            BStride = stride,
            C = _deltas[index - 1].Pointer,
            CStride = stride,
            Start = _zeros.Pointer,
            Gate = _activations[index].Pointer,
            GateStride = stride,
        });
    }

    private int InputStride(int layer) => layer == 0 ? Shape.Inputs : Shape.Layers[layer - 1].Stride;
}
