using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What a new journal is made of, beside the functions and submissions that the old one holds.</summary>
internal sealed class JournalSnapshot
{
    /// <summary>Who is there.</summary>
    public List<JournalEntry> First { get; } = [];

    /// <summary>By submission: which of its tasks are left; null while it is still coming in.</summary>
    public Dictionary<ulong, SubmissionKept?> Kept { get; } = [];

    /// <summary>By submission: inputs that it names in a way that need not mean anything any more.</summary>
    public Dictionary<ulong, List<InputsKept>> Inputs { get; } = [];

    /// <summary>By submission: the spans of its tasks, where they have any.</summary>
    public Dictionary<ulong, SpansNoted> Spans { get; } = [];

    /// <summary>What is to be said before the first words of a submission.</summary>
    public IEnumerable<JournalEntry> Before(ulong submission)
    {
        if (Spans.TryGetValue(submission, out SpansNoted? spans))
            yield return new JournalEntry(PeerRole.Scheduler, 0, spans, IsDurable: false);
        if (Kept[submission] is not { } kept)
            yield break;
        yield return new JournalEntry(PeerRole.Scheduler, 0, kept, IsDurable: false);
        foreach (InputsKept inputs in Inputs.GetValueOrDefault(submission) ?? [])
            yield return new JournalEntry(PeerRole.Scheduler, 0, inputs, IsDurable: false);
    }

    /// <summary>Wants of tasks that others have submitted, to be told right after the submissions.</summary>
    public List<JournalEntry> Claims { get; } = [];

    /// <summary>Failures and attempts, to be told after the submissions.</summary>
    public List<JournalEntry> Last { get; } = [];
}
