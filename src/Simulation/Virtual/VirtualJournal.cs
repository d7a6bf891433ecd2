using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// What a scheduler has written down, through the wire's bytes: what was synced survives its death, and as much of the
/// rest as had been written. Now and then it is written anew, without what no longer counts.
/// </summary>
internal sealed class VirtualJournal(VirtualCluster cluster)
{
    private const long SyncUs = 500;
    private const long LazySyncUs = 20_000;

    private readonly List<JournalEntry> _entries = [];

    /// <summary>How many entries compactions have taken out: numbers count what was ever written.</summary>
    private int _removedCount;
    private int _syncedCount;
    private int _before;
    private SchedulerMachine? _writer;
    private bool _isCompacting;

    /// <summary>Whether it is to be written anew after the next turn.</summary>
    public bool WantsCompaction { get; set; }

    private int WrittenCount => _removedCount + _entries.Count;

    /// <summary>From now on this machine's entries follow those that are there.</summary>
    public void Follow(SchedulerMachine machine)
    {
        _writer = machine;
        _isCompacting = false;
        _before = WrittenCount;
    }

    /// <summary>Takes what a turn has left; an answer that waits for it comes when it is synced.</summary>
    public void Take()
    {
        _writer ??= cluster.Scheduler.Machine;
        if (_writer.Journal is not { } outbox)
            return;
        if (outbox.Entries.Count > 0)
            Write(outbox);
        if (!WantsCompaction || _isCompacting)
            return;
        WantsCompaction = false;
        _isCompacting = true;
        var (writer, count, snapshot) = (_writer, WrittenCount, _writer.Snapshot());
        cluster.Time.After(cluster.Choices.Exponential(SyncUs), () => Compact(writer, count, snapshot));
    }

    /// <summary>The writer has died: what it had not synced is there up to some entry.</summary>
    public void Tear()
    {
        var lost = cluster.Choices.Next(WrittenCount - _syncedCount + 1);
        _entries.RemoveRange(_entries.Count - lost, lost);
        _syncedCount = WrittenCount;
        cluster.Log?.Add($"the journal holds {_entries.Count} entries; {lost} were lost");
    }

    /// <summary>The disk is gone as well.</summary>
    public void Clear()
    {
        _entries.Clear();
        _syncedCount = _removedCount = 0;
    }

    public void ReplayInto(SchedulerMachine machine)
    {
        foreach (var (role, peer, message, _) in _entries)
            machine.Replay(role, peer, Link.Copy(message, out _));
    }

    private void Write(JournalOutbox outbox)
    {
        var isUrgent = false;
        foreach (var entry in outbox.Entries)
        {
            _entries.Add(entry with { Message = Link.Copy(entry.Message, out _) });
            isUrgent |= entry.IsDurable;
        }

        outbox.Entries.Clear();
        var (writer, count) = (_writer!, WrittenCount);
        var delay = isUrgent ? cluster.Choices.Exponential(SyncUs) : LazySyncUs;
        cluster.Time.After(delay, () => Synced(writer, count), isUrgent);
    }

    /// <summary>The new journal is on disk, and takes the place of the old one with what was written meanwhile.</summary>
    private void Compact(SchedulerMachine writer, int count, JournalSnapshot snapshot)
    {
        if (writer != _writer)
            return;
        _isCompacting = false;
        Synced(writer, count);
        var old = _entries[..(count - _removedCount)];
        List<JournalEntry> next = [.. snapshot.First];
        HashSet<ulong> begun = [];
        foreach (var entry in old.Where(entry => entry.Role == PeerRole.Client))
            CopyIfLive(entry, snapshot, begun, next);
        next.AddRange(snapshot.Claims);
        next.Add(new JournalEntry(PeerRole.Scheduler, 0, new SubmissionKept(), IsDurable: false));
        next.AddRange(snapshot.Last);
        cluster.Log?.Add($"the journal is written anew: {next.Count} entries instead of {old.Count}");
        _entries.RemoveRange(0, old.Count);
        _entries.InsertRange(0, next.Select(entry => entry with { Message = Link.Copy(entry.Message, out _) }));
        _removedCount += old.Count - next.Count;
    }

    /// <summary>As <see cref="TaskGraph.Scheduler.Journal.JournalCompactor"/> does it with bytes.</summary>
    private static void CopyIfLive(JournalEntry entry, JournalSnapshot snapshot, HashSet<ulong> begun, List<JournalEntry> next)
    {
        ulong submission;
        switch (entry.Message)
        {
            case DefineFunction or AssemblyBytes:
                next.Add(entry);
                return;
            case SubmitTasks submit:
                submission = submit.Submission;
                break;
            case RegisterData data:
                submission = data.Submission;
                break;
            default:
                return;
        }

        if (!snapshot.Kept.ContainsKey(submission))
            return;
        if (begun.Add(submission))
            next.AddRange(snapshot.Before(submission));
        next.Add(entry);
    }

    private void Synced(SchedulerMachine writer, int count)
    {
        if (writer != _writer || count <= _syncedCount)
            return;
        _syncedCount = count;
        cluster.Scheduler.Post(() =>
        {
            if (writer == _writer)
                writer.Committed(count - _before, cluster.Time.NowUs);
        });
    }
}
