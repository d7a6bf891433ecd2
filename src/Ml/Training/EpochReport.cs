namespace TaskGraph.Ml;

/// <summary>What one pass over the training rows yielded, over all trainers.</summary>
public sealed record EpochReport
{
    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; init; }

    /// <summary>Mean cross-entropy with penalty, measured while training, as in scikit-learn's loss_curve_.</summary>
    public double Loss { get; init; }

    /// <summary>Share of the rows whose class was right when their batch was trained on.</summary>
    public double Accuracy { get; init; }

    /// <summary>Rows trained on.</summary>
    public long Samples { get; init; }

    /// <summary>Wall-clock seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Seconds of computing, mean over the trainers.</summary>
    public double ComputeSeconds { get; init; }

    /// <summary>Seconds of exchanging, waiting for other trainers included; mean over the trainers.</summary>
    public double SyncSeconds { get; init; }

    /// <summary>Steps between two exchanges in this epoch; 0 with one trainer, which exchanges nothing.</summary>
    public int StepsBetweenExchanges { get; init; }

    /// <summary>How many trainers took part.</summary>
    public int Trainers { get; init; }

    /// <summary>Rows per second, over all trainers.</summary>
    public double SamplesPerSecond => Seconds > 0 ? Samples / Seconds : 0;
}
