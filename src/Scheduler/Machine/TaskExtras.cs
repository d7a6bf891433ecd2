namespace TaskGraph.Scheduler.Machine;

/// <summary>What few tasks have, kept beside their rows.</summary>
internal struct TaskExtras
{
    /// <summary>How often the task may still be run again after it has thrown.</summary>
    public int Retries;

    public int TimeoutMs;

    /// <summary>Number of the set of workers it is restricted to, −1 = any.</summary>
    public int Restriction;

    /// <summary>Number of the set of resources that it takes, −1 = none.</summary>
    public int Resources;

    /// <summary>The restriction is only a preference.</summary>
    public bool AllowOtherWorkers;

    /// <summary>Where the user's name for it starts in its blob (length in front), −1 = none.</summary>
    public int NameOffset;
}
