namespace TaskGraph.Simulation;

/// <summary>What has happened in a run that excuses ends which nobody would otherwise expect.</summary>
internal sealed class Events
{
    /// <summary>Calls that a client has cancelled.</summary>
    public HashSet<Work> Cancelled { get; } = [];

    /// <summary>Values that a client put on a worker and did not live to tell the scheduler of: they stay there.</summary>
    public HashSet<TaskId> Orphans { get; } = [];

    /// <summary>Values that a client has begun to put on a worker.</summary>
    public HashSet<TaskId> Scattered { get; } = [];

    /// <summary>Whether a value may stay on a worker because whoever knew of it is gone: its client, or the scheduler.</summary>
    public bool IsOrphan(TaskId task) => Orphans.Contains(task) || (CrashCount > 0 && Scattered.Contains(task));

    /// <summary>Whether a client has dialled again only after its lease had ended.</summary>
    public bool HasOutlivedLease { get; set; }

    /// <summary>How often the scheduler has lost all that it knew.</summary>
    public int CrashCount { get; set; }

    /// <summary>Workers that were lost, one way or another.</summary>
    public int LossCount { get; set; }

    /// <summary>Whether code of a function could not be loaded somewhere.</summary>
    public bool HasCodeFailed { get; set; }
}
