namespace TaskGraph.Ml;

/// <summary>
/// Where one dense layer lies in the flat parameters: its weights row by row (one row per input), then biases.
/// </summary>
/// <param name="Inputs">Values entering the layer.</param>
/// <param name="Outputs">Units of the layer.</param>
/// <param name="Stride">Floats per row of weights: the outputs, padded with zeros to whole vectors.</param>
/// <param name="WeightOffset">Index of the first weight.</param>
internal readonly record struct LayerShape(int Inputs, int Outputs, int Stride, int WeightOffset)
{
    /// <summary>Floats the weights take, padding included.</summary>
    public int WeightLength => Inputs * Stride;

    /// <summary>Index of the first bias.</summary>
    public int BiasOffset => WeightOffset + WeightLength;

    /// <summary>Index behind the layer.</summary>
    public int End => BiasOffset + Stride;
}
