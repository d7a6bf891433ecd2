namespace TaskGraph;

/// <summary>What the client knows of one wanted task: a plain row of a <see cref="FutureSet"/>.</summary>
internal struct FutureSlot
{
    /// <summary>No inline value.</summary>
    public const int None = -1;

    public FutureStatus Status;

    /// <summary>The user's handle is gone: nothing that arrives for the task matters any more.</summary>
    public bool IsReleased;

    /// <summary>Number of a worker that holds the result.</summary>
    public int Holder;

    /// <summary>Which of the set's value columns has the encoded result, or <see cref="None"/>.</summary>
    public int ValueColumn;

    /// <summary>The row in that column.</summary>
    public int ValueRow;

    public static FutureSlot Pending => new() { Holder = None, ValueColumn = None };
}
