namespace TaskGraph.Ml;

/// <summary>Predicts rows of any number in batches. Not for concurrent use.</summary>
internal sealed unsafe class MlpPredictor
{
    private const int BatchRows = 512;

    private readonly MlpNetwork _network;
    private readonly AlignedBuffer _theta;

    public MlpPredictor(MlpShape shape, ReadOnlySpan<float> theta)
    {
        _network = new MlpNetwork(shape, BatchRows);
        _theta = new AlignedBuffer(shape.Length);
        theta.CopyTo(_theta.Span);
    }

    private MlpShape Shape => _network.Shape;

    /// <summary>The most probable class of each row of <paramref name="features"/>; the first of equals.</summary>
    public void Classes(ReadOnlySpan<float> features, Span<int> classes)
    {
        int stride = Shape.Layers[^1].Stride;
        for (int row = 0; row < classes.Length; row += BatchRows)
        {
            int rows = Math.Min(BatchRows, classes.Length - row);
            fixed (float* values = Batch(features, row, rows))
            {
                for (int i = 0; i < rows; i++)
                    classes[row + i] = SoftmaxCrossEntropy.ArgMax(values + (i * stride), Shape.Outputs);
            }
        }
    }

    /// <summary>The probabilities of all classes of each row, row by row.</summary>
    public void Probabilities(ReadOnlySpan<float> features, Span<float> probabilities)
    {
        int classes = Shape.Outputs, stride = Shape.Layers[^1].Stride;
        int count = probabilities.Length / classes;
        for (int row = 0; row < count; row += BatchRows)
        {
            int rows = Math.Min(BatchRows, count - row);
            var values = Batch(features, row, rows);
            for (int i = 0; i < rows; i++)
                values.Slice(i * stride, classes).CopyTo(probabilities.Slice((row + i) * classes, classes));
        }
    }

    private ReadOnlySpan<float> Batch(ReadOnlySpan<float> features, int row, int rows)
    {
        features.Slice(row * Shape.Inputs, rows * Shape.Inputs).CopyTo(_network.Input(rows));
        return _network.Probabilities(_theta, rows);
    }
}
