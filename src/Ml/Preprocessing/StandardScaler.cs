using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>
/// Shifts and scales columns to mean 0 and standard deviation 1 (of the population, as scikit-learn). Fit it on the
/// training rows alone. Not for concurrent fits.
/// </summary>
public sealed partial class StandardScaler
{
    private string[] _columns = [];
    private double[] _means = [];
    private double[] _scales = [];

    /// <summary>The columns it was fitted on.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Each column's mean, nulls and NaN left out.</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>Each column's standard deviation; 1 where all values are equal.</summary>
    public IReadOnlyList<double> Scales => _scales;

    /// <summary>Fits to columns of one table.</summary>
    /// <exception cref="SchemaException">A column is missing, not numeric, or has no values.</exception>
    public StandardScaler Fit(Table table, params IReadOnlyList<string> columns)
    {
        Accept([.. columns], Array.ConvertAll([.. columns], name => ColumnMoments.Of(table[name])));
        return this;
    }

    /// <summary>The table with the fitted columns standardised, as doubles; nulls stay null.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public Table Transform(Table table)
    {
        RequireFitted();
        for (int i = 0; i < _columns.Length; i++)
            table = table.WithColumn(Standardized(table[_columns[i]], _means[i], _scales[i]));
        return table;
    }

    private static Column Standardized(Column column, double mean, double scale)
    {
        double?[] values = new double?[column.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = column.GetValue(i) is { } value ? (Convert.ToDouble(value) - mean) / scale : null;
        return Column.OfNullable<double>(column.Name, values);
    }

    private void Accept(string[] columns, ColumnMoments[] moments)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            if (moments[i].Count == 0)
                throw new SchemaException($"Column '{columns[i]}' has no values to fit a scale to.");
        }

        _columns = columns;
        _means = Array.ConvertAll(moments, column => column.Mean);
        _scales = Array.ConvertAll(moments, Scale);
    }

    /// <summary>A column whose spread is nothing but rounding is left unscaled (scikit-learn's rule).</summary>
    private static double Scale(ColumnMoments moments)
    {
        const double Epsilon = 2.220446049250313e-16;
        double rounding = moments.Count * moments.Mean * Epsilon;
        double noise = (moments.Count * Epsilon * moments.Variance) + (rounding * rounding);
        return moments.Variance <= noise ? 1 : Math.Sqrt(moments.Variance);
    }

    private void RequireFitted()
    {
        if (_columns.Length == 0)
            throw new InvalidOperationException("The scaler has no statistics yet; call Fit or FitAsync first.");
    }
}
