namespace TaskGraph.Ml;

/// <summary>The loss is no longer a number.</summary>
public sealed class TrainingDivergedException : TaskGraphException
{
    internal TrainingDivergedException(int epoch)
        : base($"The loss became NaN or infinite in epoch {epoch}. Standardise the features, look for infinite values "
            + "among them, or lower LearningRateInit.")
    {
    }
}
