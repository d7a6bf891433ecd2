namespace TaskGraph.Configuration;

/// <summary>One thing that can be configured.</summary>
/// <param name="Name">Its name, as <c>scheduler.idle-timeout</c>.</param>
/// <param name="Kind">How its value is written.</param>
/// <param name="Default">The value if nobody sets it; empty = none.</param>
/// <param name="Meaning">What it does, in one line.</param>
public sealed record ConfigurationKey(string Name, ValueKind Kind, string Default, string Meaning)
{
    /// <summary>The environment variable that sets it, as <c>TASKGRAPH__SCHEDULER__IDLE_TIMEOUT</c>.</summary>
    public string Variable =>
        "TASKGRAPH__" + Name.Replace(".", "__", StringComparison.Ordinal).Replace('-', '_').ToUpperInvariant();
}
