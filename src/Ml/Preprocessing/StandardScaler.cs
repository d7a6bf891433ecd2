namespace TaskGraph.Ml;

/// <summary>Shifts each column to mean 0 and scales it to variance 1; a constant column is only shifted.</summary>
public sealed class StandardScaler
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Creates a scaler from the moments of each column.</summary>
    public StandardScaler(ReadOnlySpan<ColumnMoments> columns)
    {
        Mean = new double[columns.Length];
        Scale = new double[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            Mean[i] = columns[i].Mean;
            Scale[i] = IsConstant(columns[i]) ? 1 : Math.Sqrt(columns[i].Variance);
        }
    }

    /// <summary>Mean of each column.</summary>
    public double[] Mean { get; }

    /// <summary>Population standard deviation of each column, 1 where it is constant.</summary>
    public double[] Scale { get; }

    /// <summary>Standardises row-major values in place.</summary>
    /// <exception cref="ArgumentException">The length is not a whole number of rows.</exception>
    public void Transform(Span<float> rows)
    {
        int columns = Mean.Length;
        if (rows.Length % columns != 0)
            throw new ArgumentException($"{rows.Length} values are not rows of {columns}.", nameof(rows));
        for (int i = 0; i < rows.Length; i += columns)
        {
            for (int j = 0; j < columns; j++)
                rows[i + j] = (float)((rows[i + j] - Mean[j]) / Scale[j]);
        }
    }

    // scikit-learn's test: a variance that rounding alone explains counts as zero.
    private static bool IsConstant(ColumnMoments column)
    {
        double rounding = column.Count * column.Mean * Epsilon;
        return column.Variance <= (column.Count * Epsilon * column.Variance) + (rounding * rounding);
    }
}
