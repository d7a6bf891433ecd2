namespace TaskGraph;

/// <summary>How a task is to be named, placed and run. For a <c>Map</c> they hold for every task of it.</summary>
public sealed record SubmitOptions
{
    /// <summary>
    /// The task's name. Null = function name and hash of the arguments. A <c>Map</c> appends <c>-index</c>.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// Whether equal calls may share one run and one result (true). Say false for functions that read clocks, files or
    /// random numbers.
    /// </summary>
    public bool Pure { get; init; } = true;

    /// <summary>How often the task is run again after it has thrown.</summary>
    public int Retries { get; init; }

    /// <summary>Names, addresses or hosts of the workers that may run the task; null or empty = any.</summary>
    public IReadOnlyList<string>? Workers { get; init; }

    /// <summary>Makes <see cref="Workers"/> a preference: others may run the task if none of these can.</summary>
    public bool AllowOtherWorkers { get; init; }

    /// <summary>Larger runs first.</summary>
    public int Priority { get; init; }

    /// <summary>The longest that one run may take; null = no limit. A run that exceeds it counts as failed.</summary>
    public TimeSpan? Timeout { get; init; }

    internal static SubmitOptions Default { get; } = new();

    internal int TimeoutMs => Timeout is { } limit ? (int)Math.Clamp(limit.TotalMilliseconds, 1, int.MaxValue) : 0;
}
