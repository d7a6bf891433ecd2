namespace TaskGraph;

/// <summary>Topics that have a meaning.</summary>
public static class Topics
{
    /// <summary>Lines that tasks print.</summary>
    public const string Print = "print";

    /// <summary>Warnings of tasks.</summary>
    public const string Warn = "warn";

    /// <summary>Log records of tasks: the level's number, a space, and the text.</summary>
    public const string Log = "log";

    /// <summary>What the scheduler tells of the cluster, in words: workers that join and leave.</summary>
    public const string Cluster = "cluster";
}
