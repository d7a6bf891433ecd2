using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>What one worker of a group is told: everything but its partitions.</summary>
internal sealed record TrainerOrder
{
    /// <summary>Names this forming of the group.</summary>
    public Guid Group { get; init; }

    /// <summary>This worker's place among <see cref="Addresses"/>.</summary>
    public int Place { get; init; }

    /// <summary>All workers of the group.</summary>
    public string[] Addresses { get; init; } = [];

    /// <summary>Trainers on each of them.</summary>
    public int[] Ranks { get; init; } = [];

    /// <summary>For each partition handed over: the first row and how many rows.</summary>
    public int[] Starts { get; init; } = [];

    /// <summary>See <see cref="Starts"/>.</summary>
    public int[] Counts { get; init; } = [];

    /// <summary>The columns of the features, in order.</summary>
    public string[] Features { get; init; } = [];

    /// <summary>The column of the label.</summary>
    public string Label { get; init; } = "";

    /// <summary>A table of one column: the classes in order.</summary>
    public Table? Classes { get; init; }

    /// <summary>What all trainers are told.</summary>
    public TrainerSettings Settings { get; init; } = new();

    /// <summary>From where to go on.</summary>
    public TrainerState Start { get; init; } = new();

    /// <summary>The last epoch.</summary>
    public int MaxEpochs { get; init; }
}
