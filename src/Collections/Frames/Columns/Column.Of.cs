using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

public abstract partial class Column
{
    /// <summary>A column of the given values, which are copied. <typeparamref name="T"/> is long, int (held as
    /// long), double, float, bool or string; a null string is a null.</summary>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is another type.</exception>
    public static Column Of<T>(string name, params ReadOnlySpan<T> values)
    {
        var builder = ColumnBuilder.For<T>(values.Length);
        foreach (T value in values)
            builder.Append(value);
        return builder.Build(name);
    }

    /// <summary>A column of the given values, where those without a value are nulls.</summary>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is not long, int, double, float or bool.
    /// </exception>
    public static Column OfNullable<T>(string name, params ReadOnlySpan<T?> values)
        where T : struct
    {
        var builder = ColumnBuilder.For<T>(values.Length);
        foreach (T? value in values)
        {
            if (value is { } present)
                builder.Append(present);
            else
                builder.AppendNull();
        }
        return builder.Build(name);
    }

    /// <summary>A column over the bytes of <paramref name="values"/>, which nobody may change any more.</summary>
    internal static Column Adopt<T>(string name, byte[] values, ReadOnlyMemory<byte> validity = default)
        where T : unmanaged => new PrimitiveColumn<T>(name, values, validity);

    /// <summary>A copy of <paramref name="values"/> without nulls.</summary>
    internal static Column CopyOf<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged => new PrimitiveColumn<T>(name, MemoryMarshal.AsBytes(values).ToArray(), default);

    /// <summary>A column of <paramref name="length"/> nulls.</summary>
    internal static Column Nulls(string name, DataType type, int length)
    {
        var validity = new byte[Bitmap.ByteLength(length)];
        var values = new byte[(long)DataTypes.ValueSize(type) * length];
        return type switch
        {
            DataType.Int64 => new PrimitiveColumn<long>(name, values, validity),
            DataType.Float64 => new PrimitiveColumn<double>(name, values, validity),
            DataType.Float32 => new PrimitiveColumn<float>(name, values, validity),
            DataType.Boolean => new PrimitiveColumn<bool>(name, values, validity),
            _ => new StringColumn(name, new byte[(length + 1L) * sizeof(int)], default, validity),
        };
    }
}
