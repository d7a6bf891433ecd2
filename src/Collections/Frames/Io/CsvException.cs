namespace TaskGraph.Collections;

/// <summary>A file that does not hold what it should; the message names file, line and column.</summary>
public sealed class CsvException : Exception
{
    /// <summary>Says what is wrong, where, and what to do.</summary>
    public CsvException(string message)
        : base(message)
    {
    }
}
