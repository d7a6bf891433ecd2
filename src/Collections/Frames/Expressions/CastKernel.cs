using System.Globalization;
using System.Numerics;

namespace TaskGraph.Collections;

/// <summary>Turns a column into one of another type. A value that does not fit is an error, never a silent
/// null.</summary>
internal static class CastKernel
{
    internal static Column Cast(Column column, DataType type)
    {
        if (column.DataType == type)
            return column;
        return (column, type) switch
        {
            (PrimitiveColumn<long> c, DataType.Float64) => Convert<long, double>(c),
            (PrimitiveColumn<long> c, DataType.Float32) => Convert<long, float>(c),
            (PrimitiveColumn<double> c, DataType.Float32) => Convert<double, float>(c),
            (PrimitiveColumn<float> c, DataType.Float64) => Convert<float, double>(c),
            (PrimitiveColumn<double> c, DataType.Int64) => Truncate(c),
            (PrimitiveColumn<float> c, DataType.Int64) => Truncate(Convert<float, double>(c)),
            (PrimitiveColumn<bool> c, not DataType.String) => Cast(Flags(c), type),
            (PrimitiveColumn<long> c, DataType.Boolean) => NonZero(c),
            (PrimitiveColumn<double> c, DataType.Boolean) => NonZero(c),
            (PrimitiveColumn<float> c, DataType.Boolean) => NonZero(c),
            (StringColumn c, _) => Parse(c, type),
            _ => Format(column),
        };
    }

    private static PrimitiveColumn<TTo> Convert<TFrom, TTo>(PrimitiveColumn<TFrom> column)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        ReadOnlySpan<TFrom> values = column.Values;
        byte[] bytes = Operand.Allocate(values.Length, out Span<TTo> result);
        for (int i = 0; i < result.Length; i++)
            result[i] = TTo.CreateTruncating(values[i]);
        return new PrimitiveColumn<TTo>(column.Name, bytes, column.Validity);
    }

    private static PrimitiveColumn<long> Truncate(PrimitiveColumn<double> column)
    {
        ReadOnlySpan<double> values = column.Values;
        byte[] bytes = Operand.Allocate(values.Length, out Span<long> result);
        for (int i = 0; i < result.Length; i++)
        {
            double value = values[i];
            // Both bounds are exact doubles; NaN fails the test.
            bool fits = value is >= -9223372036854775808.0 and < 9223372036854775808.0;
            if (!fits && !column.IsNull(i))
                throw DoesNotFit(column, i, DataType.Int64);
            result[i] = fits ? (long)value : 0;
        }
        return new PrimitiveColumn<long>(column.Name, bytes, column.Validity);
    }

    private static PrimitiveColumn<long> Flags(PrimitiveColumn<bool> column)
    {
        ReadOnlySpan<bool> values = column.Values;
        byte[] bytes = Operand.Allocate(values.Length, out Span<long> result);
        for (int i = 0; i < result.Length; i++)
            result[i] = values[i] ? 1 : 0;
        return new PrimitiveColumn<long>(column.Name, bytes, column.Validity);
    }

    private static PrimitiveColumn<bool> NonZero<T>(PrimitiveColumn<T> column)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> values = column.Values;
        byte[] bytes = Operand.Allocate(values.Length, out Span<bool> result);
        for (int i = 0; i < result.Length; i++)
            result[i] = values[i] != T.Zero;
        return new PrimitiveColumn<bool>(column.Name, bytes, column.Validity);
    }

    private static Column Format(Column column)
    {
        var builder = new StringColumnBuilder(column.Length);
        for (int i = 0; i < column.Length; i++)
        {
            builder.Append(column.GetValue(i) switch
            {
                null => null,
                bool flag => flag ? "true" : "false",
                IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
                object value => value.ToString(),
            });
        }
        return builder.Build(column.Name);
    }

    private static Column Parse(StringColumn column, DataType type)
    {
        var parser = ValueParser.For(type, column.Length);
        for (int i = 0; i < column.Length; i++)
        {
            if (column.IsNull(i))
                parser.AppendNull();
            else if (!parser.TryAppend(column.Bytes(i)))
                throw DoesNotFit(column, i, type);
        }
        return parser.Build(column.Name);
    }

    private static SchemaException DoesNotFit(Column column, int row, DataType type) => new(
        $"Row {row} of column '{column.Name}' holds '{column.GetValue(row)}', which is not a "
        + $"{DataTypes.Name(type)}; filter such rows out before the cast.");
}
