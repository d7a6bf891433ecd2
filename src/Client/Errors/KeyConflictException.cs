namespace TaskGraph;

/// <summary>
/// A key is taken by a task of another definition: nothing of the submission will run, and the other task is untouched.
/// </summary>
public sealed class KeyConflictException : SubmissionRefusedException
{
    internal KeyConflictException(string key, string reason)
        : base(key, reason)
    {
    }
}
