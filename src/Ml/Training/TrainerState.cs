namespace TaskGraph.Ml;

/// <summary>From what a training goes on after its trainers were lost: the local optimisers start afresh.</summary>
internal sealed record TrainerState
{
    /// <summary>Epochs finished.</summary>
    public int Epoch { get; init; }

    /// <summary>The common weights.</summary>
    public float[] Theta { get; init; } = [];

    /// <summary>The outer momentum; empty where the strategy has none.</summary>
    public float[] OuterMomentum { get; init; } = [];

    /// <summary>The state before the first epoch.</summary>
    public static TrainerState Initial(TrainerSettings settings)
    {
        var shape = new MlpShape(settings.LayerSizes);
        float[] theta = new float[shape.Length];
        GlorotUniform.Fill(shape, theta, settings.Seed);
        return new TrainerState { Theta = theta };
    }
}
