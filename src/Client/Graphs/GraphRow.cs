namespace TaskGraph;

/// <summary>One task of a graph that is being built, or a name that a later task of the graph will take.</summary>
internal struct GraphRow
{
    /// <summary>What it runs; null while it is a mere name.</summary>
    public FunctionDefinition? Function;

    public SubmitOptions Options;

    /// <summary>The encoded arguments.</summary>
    public ReadOnlyMemory<byte> Arguments;

    /// <summary>Where its inputs start in the column of all inputs.</summary>
    public int FirstInput;

    /// <summary>How many tasks it takes, each once.</summary>
    public int InputCount;
}
