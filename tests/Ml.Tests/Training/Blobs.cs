namespace TaskGraph.Ml.Tests;

/// <summary>Seeded, overlapping clouds of points, one per class.</summary>
internal static class Blobs
{
    public static Shard Shard(int rows, int features, int classes, ulong seed)
    {
        var random = new SeededRandom(seed);
        float[] values = new float[rows * features];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            labels[row] = random.NextBelow(classes);
            for (int i = 0; i < features; i++)
            {
                double centre = ((labels[row] * 7) + (i * 3)) % 5 * 0.4;
                values[(row * features) + i] = (float)(centre + random.NextUnit() + random.NextUnit() - 1);
            }
        }

        return new Shard(values, labels, features);
    }

    /// <summary>Blocks of <paramref name="block"/> rows dealt to ranks in turn.</summary>
    public static Shard Dealt(Shard whole, int block, int rank, int size)
    {
        int[] rows = [.. Enumerable.Range(0, whole.Rows).Where(row => row / block % size == rank)];
        float[] features = [.. rows.SelectMany(row =>
            whole.Features.Skip(row * whole.FeatureCount).Take(whole.FeatureCount))];
        return new Shard(features, [.. rows.Select(row => whole.Labels[row])], whole.FeatureCount);
    }
}
