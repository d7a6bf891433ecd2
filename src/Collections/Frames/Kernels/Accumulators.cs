namespace TaskGraph.Collections;

/// <summary>One pass over a column that leaves one value per group.</summary>
internal static class Accumulators
{
    /// <summary>Rows per group.</summary>
    internal static long[] CountRows(Grouping grouping)
    {
        var counts = new long[grouping.Count];
        foreach (int group in grouping.Groups)
        {
            if (group >= 0)
                counts[group]++;
        }
        return counts;
    }

    /// <summary>Values per group that are not null.</summary>
    internal static long[] CountValues(Grouping grouping, Column column)
    {
        if (column.NullCount == 0)
            return CountRows(grouping);
        var counts = new long[grouping.Count];
        ReadOnlySpan<int> groups = grouping.Groups;
        ReadOnlySpan<byte> validity = column.Validity.Span;
        for (int row = 0; row < groups.Length; row++)
        {
            if (groups[row] >= 0 && Bitmap.Get(validity, row))
                counts[groups[row]]++;
        }
        return counts;
    }

    /// <exception cref="OverflowException">A sum leaves the range of int64.</exception>
    internal static long[] SumIntegers(Grouping grouping, PrimitiveColumn<long> column)
    {
        var sums = new long[grouping.Count];
        ReadOnlySpan<int> groups = grouping.Groups;
        ReadOnlySpan<long> values = column.Values;
        ReadOnlySpan<byte> validity = column.Validity.Span;
        try
        {
            for (int row = 0; row < groups.Length; row++)
            {
                if (groups[row] >= 0 && (validity.IsEmpty || Bitmap.Get(validity, row)))
                    sums[groups[row]] = checked(sums[groups[row]] + values[row]);
            }
        }
        catch (OverflowException)
        {
            throw new OverflowException(
                $"The sum of column '{column.Name}' leaves the range of int64; cast the column to Float64 first.");
        }
        return sums;
    }

    internal static CompensatedSum SumNumbers(Grouping grouping, Column column)
    {
        var sums = new CompensatedSum(grouping.Count);
        ReadOnlySpan<int> groups = grouping.Groups;
        ReadOnlySpan<double> values = ((PrimitiveColumn<double>)CastKernel.Cast(column, DataType.Float64)).Values;
        ReadOnlySpan<byte> validity = column.Validity.Span;
        for (int row = 0; row < groups.Length; row++)
        {
            if (groups[row] >= 0 && (validity.IsEmpty || Bitmap.Get(validity, row)))
                sums.Add(groups[row], values[row]);
        }
        return sums;
    }

    /// <summary>The row of the least or greatest value per group, the first of equals; -1 where there is
    /// none.</summary>
    internal static int[] Extreme(Grouping grouping, Column column, bool greatest)
    {
        var best = new int[grouping.Count];
        best.AsSpan().Fill(-1);
        ColumnOrder order = ColumnOrder.Of(column);
        ReadOnlySpan<int> groups = grouping.Groups;
        ReadOnlySpan<byte> validity = column.Validity.Span;
        bool[]? isNaN = NaNs(column);
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            if (group < 0 || (!validity.IsEmpty && !Bitmap.Get(validity, row)) || (isNaN is not null && isNaN[row]))
                continue;
            int known = best[group];
            if (known < 0 || (greatest ? order.CompareValues(row, known) > 0 : order.CompareValues(row, known) < 0))
                best[group] = row;
        }
        return best;
    }

    private static bool[]? NaNs(Column column)
    {
        if (column.DataType is not (DataType.Float64 or DataType.Float32))
            return null;
        ReadOnlySpan<double> values = ((PrimitiveColumn<double>)CastKernel.Cast(column, DataType.Float64)).Values;
        bool[]? result = null;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
                (result ??= new bool[values.Length])[i] = true;
        }
        return result;
    }
}
