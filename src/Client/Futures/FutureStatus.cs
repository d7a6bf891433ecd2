namespace TaskGraph;

/// <summary>What has become of a task that a future stands for.</summary>
public enum FutureStatus : byte
{
    /// <summary>Waiting, queued or running.</summary>
    Pending,

    /// <summary>The result is in a worker's memory.</summary>
    Finished,

    /// <summary>The task, or one that it depends on, has failed.</summary>
    Error,

    /// <summary>The task was cancelled.</summary>
    Cancelled,

    /// <summary>The result, or the scheduler, is gone and cannot be had again.</summary>
    Lost,
}
