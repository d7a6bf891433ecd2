namespace TaskGraph.Ml;

/// <summary>How a group of trainers ended.</summary>
/// <param name="State">The last state that is known.</param>
/// <param name="IsFinished">Whether that is the state after the last epoch.</param>
/// <param name="Lost">Addresses of workers that were lost.</param>
/// <param name="Cause">What broke the group, if anything was said.</param>
internal sealed record GroupOutcome(TrainerState State, bool IsFinished, IReadOnlyList<string> Lost, Exception? Cause);
