using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Something that only the scheduler knows, to be kept over a restart: what a peer said, or (role Scheduler) what the
/// machine itself notes.
/// </summary>
/// <param name="Role">Whose words these are.</param>
/// <param name="Peer">The peer's incarnation; 0 for the scheduler.</param>
/// <param name="Message">The words; nobody changes them any more.</param>
/// <param name="IsDurable">Whether an answer waits until the entry is on disk.</param>
internal readonly record struct JournalEntry(PeerRole Role, ulong Peer, Message Message, bool IsDurable);

/// <summary>What a turn leaves to be written to the journal, in order; entries are numbered from 1.</summary>
internal sealed class JournalOutbox
{
    /// <summary>Entries that the shell has not taken.</summary>
    public List<JournalEntry> Entries { get; } = [];

    /// <summary>Number of the last entry.</summary>
    public long Sequence { get; private set; }

    public void Add(PeerRole role, ulong peer, Message message, bool isDurable = false)
    {
        Entries.Add(new JournalEntry(role, peer, message, isDurable));
        Sequence++;
    }
}
