using System.Numerics;
using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>Numbers out of columns of whatever numeric type.</summary>
internal static class NumericValues
{
    /// <summary>The values that are neither null nor NaN.</summary>
    public static double[] WithoutNulls(Column column)
    {
        var values = new List<double>(column.Length);
        double[] all = ToDoubles(column);
        for (int i = 0; i < all.Length; i++)
        {
            if (!column.IsNull(i) && !double.IsNaN(all[i]))
                values.Add(all[i]);
        }

        return [.. values];
    }

    /// <summary>
    /// Writes a column as one feature of row-major rows: value i goes to <paramref name="rows"/>[i·stride].
    /// </summary>
    /// <exception cref="SchemaException">The column is not numeric, or holds a null or NaN.</exception>
    public static void CopyTo(Column column, Span<float> rows, int stride)
    {
        if (column.NullCount > 0)
            throw Missing(column, "null");
        switch (column)
        {
            case Column<float> floats:
                Copy(floats.Values, rows, stride);
                break;
            case Column<double> doubles:
                Copy(doubles.Values, rows, stride);
                break;
            case Column<long> longs:
                Copy(longs.Values, rows, stride);
                break;
            default:
                Copy<double>(ToDoubles(column), rows, stride);
                break;
        }

        for (int i = 0, at = 0; i < column.Length; i++, at += stride)
        {
            if (float.IsNaN(rows[at]))
                throw Missing(column, "NaN");
        }
    }

    private static double[] ToDoubles(Column column)
    {
        double[] values = new double[column.Length];
        switch (column)
        {
            case Column<float> floats:
                Copy(floats.Values, values);
                break;
            case Column<double> doubles:
                doubles.Values.CopyTo(values);
                break;
            case Column<long> longs:
                Copy(longs.Values, values);
                break;
            case Column<bool> bools:
                for (int i = 0; i < values.Length; i++)
                    values[i] = bools.Values[i] ? 1 : 0;
                break;
            default:
                throw new SchemaException($"Column '{column.Name}' holds {column.DataType}, not numbers; "
                    + "encode it or leave it out of the features.");
        }

        return values;
    }

    private static void Copy<T>(ReadOnlySpan<T> from, double[] to)
        where T : INumber<T>
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = double.CreateTruncating(from[i]);
    }

    private static void Copy<T>(ReadOnlySpan<T> from, Span<float> to, int stride)
        where T : INumber<T>
    {
        for (int i = 0, at = 0; i < from.Length; i++, at += stride)
            to[at] = float.CreateTruncating(from[i]);
    }

    private static SchemaException Missing(Column column, string what) => new(
        $"Column '{column.Name}' holds a {what}, which a network cannot train on or predict from; "
        + "filter such rows or fill them first.");
}
