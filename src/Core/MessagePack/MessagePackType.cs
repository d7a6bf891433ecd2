namespace TaskGraph;

/// <summary>The families of values that MessagePack knows.</summary>
public enum MessagePackType
{
    /// <summary>The byte 0xc1, which the specification never uses.</summary>
    Invalid,

    /// <summary>The absent value.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A signed or unsigned integer of up to 64 bits.</summary>
    Integer,

    /// <summary>A 32- or 64-bit floating-point number.</summary>
    Float,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>A counted sequence of values.</summary>
    Array,

    /// <summary>A counted sequence of key and value pairs.</summary>
    Map,

    /// <summary>Bytes under an application's type number; −1 is a timestamp.</summary>
    Extension,
}
