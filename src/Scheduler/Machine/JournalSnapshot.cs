using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What a new journal is made of, beside the functions and submissions that the old one holds.</summary>
internal sealed class JournalSnapshot
{
    /// <summary>Who is there.</summary>
    public List<JournalEntry> First { get; } = [];

    /// <summary>By submission: which of its tasks are left; null while it is still coming in.</summary>
    public Dictionary<ulong, SubmissionKept?> Kept { get; } = [];

    /// <summary>Wants of tasks that others have submitted, to be told right after the submissions.</summary>
    public List<JournalEntry> Claims { get; } = [];

    /// <summary>Failures and attempts, to be told after the submissions.</summary>
    public List<JournalEntry> Last { get; } = [];
}
