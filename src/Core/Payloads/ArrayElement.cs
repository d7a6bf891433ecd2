namespace TaskGraph;

/// <summary>What an array holds whose bytes are sent as they lie. Numbers are the wire format.</summary>
public enum ArrayElement : byte
{
    /// <summary>Not known, or of no interest.</summary>
    None = 0,

    /// <summary>8 bits, unsigned.</summary>
    Byte = 1,

    /// <summary>8 bits, signed.</summary>
    SByte = 2,

    /// <summary>16 bits, signed.</summary>
    Int16 = 3,

    /// <summary>16 bits, unsigned.</summary>
    UInt16 = 4,

    /// <summary>32 bits, signed.</summary>
    Int32 = 5,

    /// <summary>32 bits, unsigned.</summary>
    UInt32 = 6,

    /// <summary>64 bits, signed.</summary>
    Int64 = 7,

    /// <summary>64 bits, unsigned.</summary>
    UInt64 = 8,

    /// <summary>32 bits, floating-point.</summary>
    Single = 9,

    /// <summary>64 bits, floating-point.</summary>
    Double = 10,

    /// <summary>A UTF-16 code unit.</summary>
    Char = 11,
}
