namespace TaskGraph.Collections;

/// <summary>What a reader does with a row that has the wrong number of fields or a value of the wrong type. The
/// numbers are part of the wire format.</summary>
public enum BadRowPolicy : byte
{
    /// <summary>Fail with the file, line and column.</summary>
    Fail = 0,

    /// <summary>Leave the row out.</summary>
    Skip = 1,

    /// <summary>Put nulls in place of missing and unreadable values; surplus fields are ignored.</summary>
    Null = 2,
}
