namespace TaskGraph.Collections;

/// <summary>A column that is missing, named twice, or of a type that an operation cannot take.</summary>
public sealed class SchemaException : Exception
{
    /// <summary>Says what is wrong and what to do.</summary>
    public SchemaException(string message)
        : base(message)
    {
    }
}
