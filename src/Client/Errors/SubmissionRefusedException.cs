namespace TaskGraph;

/// <summary>The scheduler has refused a submission; none of its tasks will run.</summary>
public class SubmissionRefusedException : TaskGraphException
{
    internal SubmissionRefusedException(string key, string reason)
        : base($"The scheduler refused the submission of {key}: {reason}")
    {
        Key = key;
        Reason = reason;
    }

    /// <summary>A task of the submission.</summary>
    public string Key { get; }

    /// <summary>Why it was refused, in one line.</summary>
    public string Reason { get; }
}
