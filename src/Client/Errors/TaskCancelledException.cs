namespace TaskGraph;

/// <summary>
/// The awaited task was cancelled. An <see cref="OperationCanceledException"/>, so that tasks end as cancelled.
/// </summary>
public sealed class TaskCancelledException : OperationCanceledException
{
    internal TaskCancelledException(string key, string reason)
        : base(reason.Length > 0 ? $"Task {key} was cancelled: {reason}" : $"Task {key} was cancelled.")
    {
        Key = key;
        Reason = reason;
    }

    /// <summary>The cancelled task.</summary>
    public string Key { get; }

    /// <summary>Why, as whoever cancelled it said; may be empty.</summary>
    public string Reason { get; }
}
