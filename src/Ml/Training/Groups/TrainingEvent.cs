namespace TaskGraph.Ml;

/// <summary>Something that happened to the group of trainers.</summary>
/// <param name="Epoch">The last epoch whose weights were kept.</param>
/// <param name="Trainers">How many trainers go on from there.</param>
/// <param name="LostWorkers">Addresses of the workers that were lost.</param>
public sealed record TrainingEvent(int Epoch, int Trainers, IReadOnlyList<string> LostWorkers)
{
    /// <summary>What happened, as one line.</summary>
    public string Message => (LostWorkers.Count == 0
            ? "the group of trainers broke up"
            : $"worker {string.Join(", ", LostWorkers)} lost")
        + $"; re-formed with {Trainers} trainers from epoch {Epoch}";

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
