namespace TaskGraph.Ml;

/// <summary>A training could not go on, although nothing was wrong with the model or its data.</summary>
public sealed class TrainingFailedException : TaskGraphException
{
    internal TrainingFailedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
