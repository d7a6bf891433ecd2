namespace TaskGraph.Ml;

/// <summary>Padded, aligned working memory of one layer: weights, activations, and what flows back.</summary>
internal sealed unsafe class LayerBuffers
{
    public LayerBuffers(int inputs, int outputs, int maxRows, bool isFirst)
    {
        Inputs = inputs;
        Outputs = outputs;
        Width = Gemm.Pad(outputs);
        InputWidth = Gemm.Pad(inputs);
        Weights = new AlignedBuffer(checked(inputs * Width));
        Biases = new AlignedBuffer(Width);
        Activations = new AlignedBuffer(checked(maxRows * Width));
        Deltas = new AlignedBuffer(checked(maxRows * Width));
        WeightGradient = new AlignedBuffer(checked(inputs * Width));
        Transposed = new AlignedBuffer(isFirst ? 0 : checked(outputs * InputWidth));
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Outputs rounded up to whole vectors; the padding holds zeros.</summary>
    public int Width { get; }

    public int InputWidth { get; }

    public AlignedBuffer Weights { get; }

    public AlignedBuffer Biases { get; }

    public AlignedBuffer Activations { get; }

    /// <summary>Loss by pre-activation; the output layer uses its activations' memory instead.</summary>
    public AlignedBuffer Deltas { get; }

    public AlignedBuffer WeightGradient { get; }

    /// <summary>Weights transposed to outputs × inputs, for the way back; the first layer needs none.</summary>
    public AlignedBuffer Transposed { get; }

    /// <summary>Copies this layer's parameters into padded rows.</summary>
    public void Load(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        biases.CopyTo(Biases.Span);
        Biases.Span[Outputs..].Clear();
        if (Width == Outputs)
        {
            weights.CopyTo(Weights.Span);
            return;
        }

        Span<float> target = Weights.Span;
        for (int i = 0; i < Inputs; i++)
            weights.Slice(i * Outputs, Outputs).CopyTo(target[(i * Width)..]);
    }

    /// <summary>Copies the padded weight gradient into its flat place.</summary>
    public void StoreGradient(Span<float> gradient)
    {
        ReadOnlySpan<float> source = WeightGradient.Span;
        if (Width == Outputs)
        {
            source.CopyTo(gradient);
            return;
        }

        for (int i = 0; i < Inputs; i++)
            source.Slice(i * Width, Outputs).CopyTo(gradient[(i * Outputs)..]);
    }

    public void Transpose()
    {
        float* source = Weights.Pointer, target = Transposed.Pointer;
        for (int j = 0; j < Outputs; j++)
        {
            float* column = source + j;
            float* row = target + ((nint)j * InputWidth);
            for (int i = 0; i < Inputs; i++, column += Width)
                row[i] = *column;
        }
    }
}
