namespace TaskGraph.Ml;

/// <summary>What every trainer of a group must know alike.</summary>
public sealed record TrainerOptions
{
    /// <summary>Rows of a mini-batch on one trainer, 200.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>L2 penalty, 1e-4; divided by the rows of the batch as in scikit-learn.</summary>
    public float Alpha { get; init; } = 1e-4f;

    /// <summary>Whether the shard is put in a new order each epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Seed of the order; each rank and epoch draws its own stream from it.</summary>
    public int Seed { get; init; }

    /// <summary>The distributed algorithm; local SGD with outer momentum if not set.</summary>
    public TrainingStrategy Strategy { get; init; } = TrainingStrategy.LocalSgd();
}

/// <summary>What an epoch of the whole group did; the same on every trainer but for the two times.</summary>
/// <param name="Epoch">Number of the epoch, from 1.</param>
/// <param name="Loss">Mean loss over all rows seen, with the penalty.</param>
/// <param name="Accuracy">Share of rows that were right when their batch was seen.</param>
/// <param name="Samples">Rows seen by the whole group.</param>
/// <param name="ComputeSeconds">This trainer's time at work.</param>
/// <param name="SyncSeconds">This trainer's time in exchanges, waiting for slower ones included.</param>
/// <param name="StepsBetweenExchanges">Local steps between exchanges that this epoch used.</param>
public readonly record struct EpochReport(
    int Epoch,
    double Loss,
    double Accuracy,
    long Samples,
    double ComputeSeconds,
    double SyncSeconds,
    int StepsBetweenExchanges);

/// <summary>All that a new group needs to continue a training: optimiser moments are local and start afresh.</summary>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Theta">Parameters after them.</param>
/// <param name="RuleState">The strategy's outer state, such as momentum; empty if it has none.</param>
/// <param name="StepsBetweenExchanges">Local steps agreed for the next epoch; 0 before the first.</param>
public sealed record TrainerState(int Epoch, float[] Theta, float[] RuleState, int StepsBetweenExchanges);
