namespace TaskGraph.Collections;

/// <summary>What a column holds. The numbers are part of the wire format.</summary>
public enum DataType : byte
{
    /// <summary>64-bit signed integers.</summary>
    Int64 = 1,

    /// <summary>64-bit IEEE floating point.</summary>
    Float64 = 2,

    /// <summary>32-bit IEEE floating point.</summary>
    Float32 = 3,

    /// <summary>True or false, one byte a value.</summary>
    Boolean = 4,

    /// <summary>UTF-8 text.</summary>
    String = 5,
}
