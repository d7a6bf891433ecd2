namespace TaskGraph.Ml;

/// <summary>
/// Count, mean and summed squared deviations of one column, mergeable over partitions (Chan, Golub and LeVeque 1979).
/// </summary>
public readonly record struct ColumnMoments(long Count, double Mean, double SquaredDeviations)
{
    /// <summary>Variance over the whole population, as scikit-learn's scaler takes it.</summary>
    public double Variance => Count == 0 ? 0 : SquaredDeviations / Count;

    /// <summary>The moments of values.</summary>
    public static ColumnMoments Of(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
            return default;
        double sum = 0;
        foreach (double value in values)
            sum += value;
        double mean = sum / values.Length, squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        return new ColumnMoments(values.Length, mean, squares);
    }

    /// <summary>The moments of every column of row-major values.</summary>
    public static ColumnMoments[] OfRows(ReadOnlySpan<float> rows, int columns)
    {
        var moments = new ColumnMoments[columns];
        var column = new double[rows.Length / columns];
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < column.Length; i++)
                column[i] = rows[(i * columns) + j];
            moments[j] = Of(column);
        }

        return moments;
    }

    /// <summary>The moments of both parts together.</summary>
    public static ColumnMoments Merge(ColumnMoments left, ColumnMoments right)
    {
        if (left.Count == 0)
            return right;
        if (right.Count == 0)
            return left;
        long count = left.Count + right.Count;
        double distance = right.Mean - left.Mean;
        double mean = left.Mean + (distance * right.Count / count);
        double between = distance * distance * left.Count * ((double)right.Count / count);
        return new ColumnMoments(count, mean, left.SquaredDeviations + right.SquaredDeviations + between);
    }
}
