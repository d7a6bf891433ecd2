using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>The moments of a partition's columns as a table, one row per column, and back.</summary>
internal static class PartitionMoments
{
    /// <summary>Runs on the workers.</summary>
    public static Table Of(Table partition)
    {
        ColumnMoments[] moments = [.. partition.Columns.Select(ColumnMoments.Of)];
        return Table.FromColumns(
            Column.Of<long>("count", Array.ConvertAll(moments, column => column.Count)),
            Column.Of<double>("mean", Array.ConvertAll(moments, column => column.Mean)),
            Column.Of<double>("m2", Array.ConvertAll(moments, column => column.M2)));
    }

    /// <summary>Merges the rows of all partitions, which follow each other in the order of the columns.</summary>
    public static ColumnMoments[] Merge(Table parts, int columns)
    {
        var merged = new ColumnMoments[columns];
        var counts = parts.Column<long>("count").Values;
        var means = parts.Column<double>("mean").Values;
        var m2 = parts.Column<double>("m2").Values;
        for (int row = 0; row < parts.RowCount; row++)
        {
            ref var into = ref merged[row % columns];
            into = into.Merge(new ColumnMoments(counts[row], means[row], m2[row]));
        }

        return merged;
    }
}
