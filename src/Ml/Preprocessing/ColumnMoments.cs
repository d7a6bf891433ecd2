using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>Count, mean and squared deviations of a column's values, which can be merged over partitions.</summary>
internal readonly record struct ColumnMoments(long Count, double Mean, double M2)
{
    /// <summary>The population variance, as scikit-learn scales by.</summary>
    public double Variance => Count == 0 ? 0 : M2 / Count;

    /// <summary>The moments of a column, nulls and NaN left out, in two passes.</summary>
    public static ColumnMoments Of(Column column)
    {
        double[] values = NumericValues.WithoutNulls(column);
        if (values.Length == 0)
            return default;
        double sum = 0;
        foreach (double value in values)
            sum += value;
        double mean = sum / values.Length, m2 = 0, rest = 0;
        foreach (double value in values)
        {
            double d = value - mean;
            m2 += d * d;
            rest += d;
        }

        // The second term takes away what rounding left in the mean.
        return new ColumnMoments(values.Length, mean, m2 - (rest * rest / values.Length));
    }

    /// <summary>The moments of both parts together (Chan, Golub and LeVeque 1979).</summary>
    public ColumnMoments Merge(ColumnMoments other)
    {
        if (Count == 0)
            return other;
        if (other.Count == 0)
            return this;
        long count = Count + other.Count;
        double delta = other.Mean - Mean;
        double share = (double)other.Count / count;
        return new ColumnMoments(count, Mean + (delta * share), M2 + other.M2 + (delta * delta * Count * share));
    }
}
