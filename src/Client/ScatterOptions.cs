namespace TaskGraph;

/// <summary>How values are put on workers.</summary>
public sealed record ScatterOptions
{
    /// <summary>Names or addresses of the workers that take turns; null = all, round robin by their threads.</summary>
    public IReadOnlyList<string>? Workers { get; init; }

    /// <summary>
    /// Whether every worker gets a copy. They pass it on to one another as a tree: this process sends each value once.
    /// </summary>
    public bool Broadcast { get; init; }

    /// <summary>
    /// Whether a value is known by its contents, so that equal ones, also of other clients, are one (true).
    /// </summary>
    public bool Hash { get; init; } = true;
}
