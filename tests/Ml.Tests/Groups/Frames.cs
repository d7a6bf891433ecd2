using TaskGraph.Collections;

namespace TaskGraph.Ml.Tests;

/// <summary>The tests' points as tables.</summary>
internal static class Frames
{
    public static readonly string[] Features = ["a", "b", "c", "d", "e"];

    /// <summary>The shard with its labels as text: 0 is "class 0".</summary>
    public static Table Table(Shard shard)
    {
        var columns = new List<Column>();
        for (int j = 0; j < shard.FeatureCount; j++)
        {
            int feature = j;
            var values = Enumerable.Range(0, shard.Rows)
                .Select(row => shard.Features[(row * shard.FeatureCount) + feature]);
            columns.Add(Column.Of<float>(Features[j], [.. values]));
        }

        columns.Add(Column.Of<string>("class", [.. shard.Labels.Select(label => $"class {label}")]));
        return Collections.Table.FromColumns(columns);
    }

    /// <summary>Equal runs of rows, as trainers take them.</summary>
    public static Shard Run(Shard whole, int rank, int size)
    {
        int from = (int)((long)whole.Rows * rank / size), to = (int)((long)whole.Rows * (rank + 1) / size);
        int width = whole.FeatureCount;
        return new Shard(whole.Features[(from * width)..(to * width)], whole.Labels[from..to], width);
    }
}
