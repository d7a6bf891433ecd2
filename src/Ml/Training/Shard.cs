namespace TaskGraph.Ml;

/// <summary>One trainer's rows.</summary>
internal sealed class Shard
{
    public Shard(float[] features, int[] labels, int featureCount)
    {
        if (features.Length != (long)labels.Length * featureCount)
        {
            throw new ArgumentException(
                $"{labels.Length} rows of {featureCount} features need {(long)labels.Length * featureCount} values, "
                + $"not {features.Length}.", nameof(features));
        }

        Features = features;
        Labels = labels;
        FeatureCount = featureCount;
    }

    /// <summary>Row by row.</summary>
    public float[] Features { get; }

    /// <summary>Class numbers.</summary>
    public int[] Labels { get; }

    public int FeatureCount { get; }

    public int Rows => Labels.Length;
}
