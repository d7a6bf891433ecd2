namespace TaskGraph;

/// <summary>A result's last copy is gone and it cannot be computed again (scattered data on a dead worker).</summary>
public sealed class TaskLostException : TaskGraphException
{
    internal TaskLostException(string key, string reason)
        : base($"The result of {key} is lost: {reason}")
    {
        Key = key;
    }

    /// <summary>The task whose result is lost.</summary>
    public string Key { get; }
}
