using TaskGraph.Scheduler.Journal;

namespace TaskGraph.Scheduler.Server;

/// <summary>What the machine's turns leave goes to the journal; what is on disk comes back to the machine.</summary>
internal sealed partial class SchedulerLoop
{
    private readonly JournalWriter? _journal;
    private long _committed;
    private long _reported;

    private JournalWriter StartJournal(StateDirectory directory, FileStream file) => new(
        file,
        (old, snapshot) => directory.CreateNext(old, next => JournalCompactor.Write(next, old, snapshot)),
        sequence =>
        {
            Volatile.Write(ref _committed, sequence);
            _driver.DriveLater();
        },
        Stop);

    private void TakeCommitted(long now)
    {
        long committed = Volatile.Read(ref _committed);
        if (committed == _reported)
            return;
        _reported = committed;
        _machine.Committed(committed, now);
    }

    private void WriteJournal()
    {
        if (_journal is null)
            return;
        _journal.Append(_machine.Journal!.Entries, _machine.Journal.Sequence);
        if (_journal.WantsSnapshot)
            _journal.Compact(_machine.Snapshot());
    }
}
