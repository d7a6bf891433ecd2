using System.Reflection;

namespace TaskGraph.Collections;

public sealed partial class Table
{
    /// <summary>A table with one column per public property (or field) of <typeparamref name="T"/>, in the order of
    /// declaration, and one row per record. Integers become int64, enums text, nullables nulls.</summary>
    /// <exception cref="NotSupportedException">A property has a type that no column holds.</exception>
    public static Table FromRecords<T>(IEnumerable<T> records)
    {
        IReadOnlyList<T> rows = records as IReadOnlyList<T> ?? [.. records];
        var columns = new List<Column>();
        foreach (PropertyInfo property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CanRead && property.GetIndexParameters().Length == 0)
                columns.Add(Collect(property.Name, property.PropertyType, rows, row => property.GetValue(row)));
        }
        foreach (FieldInfo field in typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance))
            columns.Add(Collect(field.Name, field.FieldType, rows, row => field.GetValue(row)));
        return FromColumns(columns);
    }

    private static Column Collect<T>(string name, Type type, IReadOnlyList<T> rows, Func<object?, object?> get)
    {
        Type held = Nullable.GetUnderlyingType(type) ?? type;
        DataType dataType = Type.GetTypeCode(held.IsEnum ? typeof(string) : held) switch
        {
            TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32
                or TypeCode.UInt32 or TypeCode.Int64 => DataType.Int64,
            TypeCode.Double => DataType.Float64,
            TypeCode.Single => DataType.Float32,
            TypeCode.Boolean => DataType.Boolean,
            TypeCode.String or TypeCode.Char => DataType.String,
            _ => throw new NotSupportedException($"{typeof(T).Name}.{name} is {type}; a column holds integers up to "
                + "64 bits, double, float, bool, enums or strings."),
        };
        ColumnBuilder builder = ColumnBuilder.For(dataType, rows.Count);
        foreach (T row in rows)
            AppendValue(builder, get(row));
        return builder.Build(name);
    }

    private static void AppendValue(ColumnBuilder builder, object? value)
    {
        switch (builder)
        {
            case var _ when value is null:
                builder.AppendNull();
                break;
            case PrimitiveColumnBuilder<long> integers:
                integers.Append(Convert.ToInt64(value));
                break;
            case PrimitiveColumnBuilder<double> doubles:
                doubles.Append((double)value);
                break;
            case PrimitiveColumnBuilder<float> floats:
                floats.Append((float)value);
                break;
            case PrimitiveColumnBuilder<bool> flags:
                flags.Append((bool)value);
                break;
            default:
                ((StringColumnBuilder)builder).Append(value.ToString());
                break;
        }
    }
}
