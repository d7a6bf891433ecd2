namespace TaskGraph.Ml;

/// <summary>What all trainers of a model are told alike.</summary>
internal sealed record TrainerSettings
{
    /// <summary>Sizes from the inputs to the classes.</summary>
    public int[] LayerSizes { get; init; } = [];

    /// <summary>The local update rule.</summary>
    public Solver Solver { get; init; }

    /// <summary>Strength of the L2 penalty.</summary>
    public float Alpha { get; init; } = 1e-4f;

    /// <summary>Rows of one trainer's step.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Momentum of <see cref="Solver.Sgd"/>.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>Whether that momentum is Nesterov's.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Decides the first weights and the order of the rows.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the rows are put into a new order each epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Epochs in all, for the learning rate's end; 0 = unknown.</summary>
    public int Epochs { get; init; }

    /// <summary>Share of the epochs, at their end, over which the learning rate falls.</summary>
    public double CoolDown { get; init; } = 0.2;

    /// <summary>How trainers combine their work.</summary>
    public TrainingStrategy Strategy { get; init; } = TrainingStrategy.LocalSgd();
}
