namespace TaskGraph.Ml;

/// <summary>What one trainer counts during an epoch.</summary>
internal readonly record struct EpochTally(double LossSum, long Correct, long Samples)
{
    public EpochTally Add(BatchResult batch, int rows) =>
        new(LossSum + batch.LossSum, Correct + batch.Correct, Samples + rows);

    public EpochTally AddPenalty(double loss) => this with { LossSum = LossSum + loss };
}
