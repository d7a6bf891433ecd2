namespace TaskGraph.Ml;

/// <summary>Rows of one partition.</summary>
/// <param name="Partition">The partition's place in the frame.</param>
/// <param name="Start">Its first row taken.</param>
/// <param name="Count">How many rows are taken.</param>
internal readonly record struct RowRange(int Partition, int Start, int Count)
{
    /// <summary>The parts of partitions that hold rows [start, end) of the frame.</summary>
    public static RowRange[] Between(ReadOnlySpan<int> partitionRows, long start, long end)
    {
        var ranges = new List<RowRange>();
        long first = 0;
        for (int i = 0; i < partitionRows.Length; i++)
        {
            long from = Math.Max(start, first), to = Math.Min(end, first + partitionRows[i]);
            if (to > from)
                ranges.Add(new RowRange(i, (int)(from - first), (int)(to - from)));
            first += partitionRows[i];
        }

        return [.. ranges];
    }
}
