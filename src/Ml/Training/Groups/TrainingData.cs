using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>
/// The training rows on the cluster: persisted partitions, their sizes, and the classes found in them.
/// </summary>
internal sealed class TrainingData
{
    private TrainingData(DataFrame frame, int[] rows, string[] features, string label, Column classes)
    {
        Frame = frame;
        PartitionRows = rows;
        Features = features;
        Label = label;
        Classes = classes;
    }

    /// <summary>Keeps the partitions wanted.</summary>
    public DataFrame Frame { get; }

    public Client Client => Frame.Client;

    public int[] PartitionRows { get; }

    public string[] Features { get; }

    public string Label { get; }

    public Column Classes { get; }

    /// <summary>Persists the columns needed, counts the rows and finds the classes, all on the cluster.</summary>
    public static async Task<TrainingData> LoadAsync(
        DataFrame train, string[] features, string label, CancellationToken cancellation)
    {
        if (features.Length == 0)
            throw new ArgumentException("Name at least one feature column.", nameof(features));
        if (features.Contains(label))
            throw new ArgumentException($"The label '{label}' is among the features.", nameof(features));
        string[] needed = [.. features, label];
        var frame = await train.Select(needed).PersistAsync(cancellation).ConfigureAwait(false);
        var counts = frame.Client.Map(TrainerTask.CountRows, frame.Partitions);
        int[] rows = await frame.Client.GatherAsync(counts, cancellation).ConfigureAwait(false);
        if (rows.All(count => count == 0))
            throw new ArgumentException("The training frame has no rows.", nameof(train));
        var encoder = await new LabelEncoder().FitAsync(frame, label, cancellation).ConfigureAwait(false);
        if (encoder.Classes.Length < 2)
        {
            throw new ArgumentException(
                $"Column '{label}' holds {encoder.Classes.Length} distinct values; a classifier needs at least two.",
                nameof(label));
        }

        return new TrainingData(frame, rows, features, label, encoder.Classes);
    }
}
