namespace TaskGraph.Simulation;

/// <summary>What has happened in a run that excuses ends which nobody would otherwise expect.</summary>
internal sealed class Events
{
    /// <summary>Calls that a client has cancelled.</summary>
    public HashSet<Work> Cancelled { get; } = [];

    /// <summary>Whether a client has dialled again only after its lease had ended.</summary>
    public bool HasOutlivedLease { get; set; }

    /// <summary>How often the scheduler has lost all that it knew.</summary>
    public int CrashCount { get; set; }

    /// <summary>How often the scheduler was started again with its journal.</summary>
    public int RestartCount { get; set; }

    /// <summary>Workers that were lost, one way or another.</summary>
    public int LossCount { get; set; }

    /// <summary>Whether somebody has said that a process was ended for its memory.</summary>
    public bool HasReportedMemory { get; set; }

    /// <summary>Whether code of a function could not be loaded somewhere.</summary>
    public bool HasCodeFailed { get; set; }
}
