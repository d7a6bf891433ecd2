using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// What a scheduler has written down, through the wire's bytes: what was synced survives its death, and as much of the
/// rest as had been written.
/// </summary>
internal sealed class VirtualJournal(VirtualCluster cluster)
{
    private const long SyncUs = 500;
    private const long LazySyncUs = 20_000;

    private readonly List<JournalEntry> _entries = [];
    private int _syncedCount;
    private int _before;
    private SchedulerMachine? _writer;

    /// <summary>From now on this machine's entries follow those that are there.</summary>
    public void Follow(SchedulerMachine machine)
    {
        _writer = machine;
        _before = _entries.Count;
    }

    /// <summary>Takes what a turn has left; an answer that waits for it comes when it is synced.</summary>
    public void Take()
    {
        _writer ??= cluster.Scheduler.Machine;
        if (_writer.Journal is not { Entries.Count: > 0 } outbox)
            return;
        var isUrgent = false;
        foreach (var entry in outbox.Entries)
        {
            _entries.Add(entry with { Message = Link.Copy(entry.Message, out _) });
            isUrgent |= entry.IsDurable;
        }

        outbox.Entries.Clear();
        var (writer, count) = (_writer, _entries.Count);
        var delay = isUrgent ? cluster.Choices.Exponential(SyncUs) : LazySyncUs;
        cluster.Time.After(delay, () => Synced(writer, count), isUrgent);
    }

    /// <summary>The writer has died: what it had not synced is there up to some entry.</summary>
    public void Tear()
    {
        var lost = cluster.Choices.Next(_entries.Count - _syncedCount + 1);
        _entries.RemoveRange(_entries.Count - lost, lost);
        _syncedCount = _entries.Count;
        cluster.Log?.Add($"the journal holds {_entries.Count} entries; {lost} were lost");
    }

    /// <summary>The disk is gone as well.</summary>
    public void Clear()
    {
        _entries.Clear();
        _syncedCount = 0;
    }

    public void ReplayInto(SchedulerMachine machine)
    {
        foreach (var (role, peer, message, _) in _entries)
            machine.Replay(role, peer, Link.Copy(message, out _));
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
