namespace TaskGraph.Collections;

/// <summary>How the data types map to C# types and to the names shown to people.</summary>
internal static class DataTypes
{
    internal static DataType Of<T>() =>
        typeof(T) == typeof(long) ? DataType.Int64
        : typeof(T) == typeof(double) ? DataType.Float64
        : typeof(T) == typeof(float) ? DataType.Float32
        : typeof(T) == typeof(bool) ? DataType.Boolean
        : typeof(T) == typeof(string) ? DataType.String
        : throw new NotSupportedException(
            $"A column cannot hold {typeof(T)}: use long, double, float, bool or string.");

    internal static bool IsDefined(DataType type) => type is >= DataType.Int64 and <= DataType.String;

    internal static bool IsNumeric(DataType type) =>
        type is DataType.Int64 or DataType.Float64 or DataType.Float32;

    /// <summary>Bytes of one value; 0 for strings, whose length varies.</summary>
    internal static int ValueSize(DataType type) => type switch
    {
        DataType.Int64 or DataType.Float64 => 8,
        DataType.Float32 => 4,
        DataType.Boolean => 1,
        _ => 0,
    };

    internal static string Name(DataType type) => type switch
    {
        DataType.Int64 => "int64",
        DataType.Float64 => "double",
        DataType.Float32 => "float",
        DataType.Boolean => "bool",
        DataType.String => "string",
        _ => $"type {(byte)type}",
    };
}
