using System.Numerics;

namespace TaskGraph.Ml;

/// <summary>
/// Forward and backward pass of a ReLU network with a softmax output. Parameters and gradient are flat spans laid
/// out by
/// <see cref="MlpShape"/>; the instance owns the working memory, so a step allocates nothing. Not safe for two
/// threads at once.
/// </summary>
public sealed unsafe class MlpNetwork
{
    private readonly LayerBuffers[] _layers;
    private readonly AlignedBuffer _zeros;

    /// <summary>Creates a network that takes batches of up to <paramref name="maxRows"/> rows.</summary>
    public MlpNetwork(MlpShape shape, int maxRows)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        Shape = shape;
        MaxRows = maxRows;
        _layers = new LayerBuffers[shape.Layers];
        int widest = 0;
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new LayerBuffers(shape.Sizes[i], shape.Sizes[i + 1], maxRows, isFirst: i == 0);
            widest = Math.Max(widest, Math.Max(_layers[i].Width, _layers[i].InputWidth));
        }

        _zeros = new AlignedBuffer(widest);
    }

    /// <summary>The layer sizes.</summary>
    public MlpShape Shape { get; }

    /// <summary>Largest batch in rows.</summary>
    public int MaxRows { get; }

    /// <summary>
    /// Computes the gradient of the mean cross-entropy over the batch (no penalty) and returns the summed loss and
    /// the rows
    /// already classified right. <paramref name="features"/> is row-major, <paramref name="labels"/> are 0 …
    /// classes − 1.
    /// </summary>
    /// <exception cref="ArgumentException">A length does not fit the shape, or a label is outside the
    /// classes.</exception>
    public (double Loss, int Correct) ComputeGradient(
        ReadOnlySpan<float> theta, ReadOnlySpan<float> features, ReadOnlySpan<int> labels, Span<float> gradient)
    {
        int rows = labels.Length;
        CheckBatch(theta, features, rows);
        if (gradient.Length != Shape.ParameterCount)
            throw new ArgumentException($"Gradient has {gradient.Length} floats, the network {Shape.ParameterCount}.");
        if (rows == 0)
        {
            gradient.Clear();
            return (0, 0);
        }

        CheckLabels(labels);
        Load(theta);
        fixed (float* x = features)
        fixed (int* y = labels)
        {
            Forward(x, rows);
            LayerBuffers last = _layers[^1];
            var result = SoftmaxCrossEntropy.Backward(last.Activations.Pointer, rows, last.Width, last.Outputs, y);
            Backward(x, rows, gradient);
            GC.KeepAlive(this);
            return result;
        }
    }

    /// <summary>Writes the class probabilities of each row, row-major, for any number of rows.</summary>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public void PredictProbabilities(ReadOnlySpan<float> theta, ReadOnlySpan<float> features, Span<float> probabilities)
    {
        int total = probabilities.Length / Shape.Outputs;
        if (features.Length != total * Shape.Inputs || probabilities.Length != total * Shape.Outputs)
            throw new ArgumentException($"{features.Length} features, but {probabilities.Length} probabilities.");
        LayerBuffers last = _layers[^1];
        for (int start = 0; start < total; start += MaxRows)
        {
            int rows = Math.Min(MaxRows, total - start);
            ReadOnlySpan<float> batch = features.Slice(start * Shape.Inputs, rows * Shape.Inputs);
            CheckBatch(theta, batch, rows);
            if (start == 0)
                Load(theta);
            fixed (float* x = batch)
                Forward(x, rows);
            SoftmaxCrossEntropy.Softmax(last.Activations.Pointer, rows, last.Width, last.Outputs);
            for (int i = 0; i < rows; i++)
            {
                last.Activations.Span.Slice(i * last.Width, last.Outputs)
                    .CopyTo(probabilities[((start + i) * last.Outputs)..]);
            }
        }
    }

    /// <summary>Writes the most probable class of each row.</summary>
    public void Predict(ReadOnlySpan<float> theta, ReadOnlySpan<float> features, Span<int> classes)
    {
        var probabilities = new float[classes.Length * Shape.Outputs];
        PredictProbabilities(theta, features, probabilities);
        for (int i = 0; i < classes.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(i * Shape.Outputs, Shape.Outputs);
            int best = 0;
            for (int j = 1; j < row.Length; j++)
            {
                if (row[j] > row[best])
                    best = j;
            }

            classes[i] = best;
        }
    }

    private void Load(ReadOnlySpan<float> theta)
    {
        for (int i = 0; i < _layers.Length; i++)
            _layers[i].Load(theta[Shape.Weights(i)], theta[Shape.Biases(i)]);
    }

    private void Forward(float* x, int rows)
    {
        float* input = x;
        int inputStride = Shape.Inputs;
        for (int i = 0; i < _layers.Length; i++)
        {
            LayerBuffers layer = _layers[i];
            var call = new GemmCall
            {
                Rows = rows,
                Columns = layer.Width,
                Depth = layer.Inputs,
                A = input,
                ARowStride = inputStride,
                ADepthStride = 1,
                B = layer.Weights.Pointer,
                BStride = layer.Width,
                C = layer.Activations.Pointer,
                CStride = layer.Width,
                Start = layer.Biases.Pointer,
            };
            if (i < _layers.Length - 1)
                Gemm.Run<StoreRelu>(call);
            else
                Gemm.Run<StoreSum>(call);
            input = layer.Activations.Pointer;
            inputStride = layer.Width;
        }
    }

    // The output layer's activations hold its deltas when this begins.
    private void Backward(float* x, int rows, Span<float> gradient)
    {
        float* delta = _layers[^1].Activations.Pointer;
        for (int i = _layers.Length - 1; i >= 0; i--)
        {
            LayerBuffers layer = _layers[i];
            LayerBuffers? below = i > 0 ? _layers[i - 1] : null;
            Gemm.Run<StoreSum>(new GemmCall
            {
                Rows = layer.Inputs,
                Columns = layer.Width,
                Depth = rows,
                A = below is null ? x : below.Activations.Pointer,
                ARowStride = 1,
                ADepthStride = below?.Width ?? Shape.Inputs,
                B = delta,
                BStride = layer.Width,
                C = layer.WeightGradient.Pointer,
                CStride = layer.Width,
                Start = _zeros.Pointer,
            });
            layer.StoreGradient(gradient[Shape.Weights(i)]);
            SumColumns(delta, rows, layer.Width, layer.Biases.Pointer);
            layer.Biases.Span[..layer.Outputs].CopyTo(gradient[Shape.Biases(i)]);
            if (below is null)
                return;
            delta = PassDown(layer, below, delta, rows);
        }
    }

    // Δ_below = (Δ·Wᵀ) where the layer below was active.
    private float* PassDown(LayerBuffers layer, LayerBuffers below, float* delta, int rows)
    {
        layer.Transpose();
        Gemm.Run<StoreGated>(new GemmCall
        {
            Rows = rows,
            Columns = below.Width,
            Depth = layer.Outputs,
            A = delta,
            ARowStride = layer.Width,
            ADepthStride = 1,
            B = layer.Transposed.Pointer,
            BStride = layer.InputWidth,
            C = below.Deltas.Pointer,
            CStride = below.Width,
            Start = _zeros.Pointer,
            Gate = below.Activations.Pointer,
            GateStride = below.Width,
        });
        return below.Deltas.Pointer;
    }

    // The biases are no longer needed when their gradient arrives, so it takes their place.
    private static void SumColumns(float* rows, int count, int width, float* sums)
    {
        for (int j = 0; j < width; j += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            float* source = rows + j;
            for (int i = 0; i < count; i++, source += width)
                sum += Vector.Load(source);
            Vector.Store(sum, sums + j);
        }
    }

    private void CheckBatch(ReadOnlySpan<float> theta, ReadOnlySpan<float> features, int rows)
    {
        if (theta.Length != Shape.ParameterCount)
            throw new ArgumentException($"Parameters have {theta.Length} floats, the network {Shape.ParameterCount}.");
        if (rows > MaxRows)
            throw new ArgumentException($"A batch of {rows} rows exceeds the network's {MaxRows}.");
        if (features.Length != rows * Shape.Inputs)
            throw new ArgumentException($"{rows} rows need {rows * Shape.Inputs} features, not {features.Length}.");
    }

    private void CheckLabels(ReadOnlySpan<int> labels)
    {
        foreach (int label in labels)
        {
            if ((uint)label >= (uint)Shape.Outputs)
                throw new ArgumentException($"Label {label} is outside the {Shape.Outputs} classes; encode it.");
        }
    }
}
