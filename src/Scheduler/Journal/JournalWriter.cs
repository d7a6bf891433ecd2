using System.Buffers;
using System.Diagnostics;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Journal;

/// <summary>
/// Writes entries on a thread of its own, a group at a time: at once when an answer waits for one, else after 20 ms or
/// 1,000 entries. A group with such an entry is on disk before it is reported; others follow at least five times a
/// second (a killed process loses nothing that was written; a power cut does).
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private const int GroupMs = 20;
    private const int MaxGroup = 1000;
    private const int MaxUnsyncedMs = 200;
    private const int MaxBufferBytes = 4 << 20;

    private readonly object _gate = new();
    private readonly Func<FileStream, JournalSnapshot, FileStream> _compact;
    private readonly Action<FileStream> _flush;
    private readonly Action<long> _committed;
    private readonly Action<Exception> _failed;
    private readonly long _minSnapshotBytes;
    private readonly Thread _thread;
    private readonly ArrayBufferWriter<byte> _buffer = new(64 << 10);
    private List<JournalEntry> _pending = [];
    private List<JournalEntry> _writing = [];
    private FileStream _file;
    private JournalSnapshot? _snapshot;
    private long _sequence;
    private long _liveBytes;
    private long _lastSync = Stopwatch.GetTimestamp();
    private bool _isUnsynced;
    private bool _hasDurable;
    private bool _isClosing;
    private volatile bool _wantsSnapshot;

    /// <summary>A writer that appends to <paramref name="file"/>.</summary>
    /// <param name="file">The journal, at its end; the writer disposes of it.</param>
    /// <param name="compact">Makes the next, shorter journal from the present one and a snapshot.</param>
    /// <param name="committed">Called with the number of the last entry that is on disk.</param>
    /// <param name="failed">Called once, when nothing can be written any more.</param>
    /// <param name="minSnapshotBytes">Below this size the journal just grows.</param>
    /// <param name="flush">How a file is brought to disk.</param>
    public JournalWriter(
        FileStream file,
        Func<FileStream, JournalSnapshot, FileStream> compact,
        Action<long> committed,
        Action<Exception> failed,
        long minSnapshotBytes = 64 << 20,
        Action<FileStream>? flush = null)
    {
        (_file, _compact, _committed, _failed, _minSnapshotBytes) = (file, compact, committed, failed, minSnapshotBytes);
        _flush = flush ?? (static file => file.Flush(flushToDisk: true));
        _thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        _thread.Start();
    }

    /// <summary>Whether the journal is worth a snapshot: 64 MiB, and four times what the last one had.</summary>
    public bool WantsSnapshot => _wantsSnapshot;

    /// <summary>Takes the entries of a turn; the list is emptied.</summary>
    /// <param name="entries">In order.</param>
    /// <param name="sequence">Number of the last one.</param>
    public void Append(List<JournalEntry> entries, long sequence)
    {
        if (entries.Count == 0)
            return;
        lock (_gate)
        {
            foreach (JournalEntry entry in entries)
                _hasDurable |= entry.IsDurable;
            _pending.AddRange(entries);
            _sequence = sequence;
            Monitor.Pulse(_gate);
        }

        entries.Clear();
    }

    /// <summary>Has a shorter journal written, after everything that was appended before.</summary>
    public void Compact(JournalSnapshot snapshot)
    {
        lock (_gate)
        {
            _wantsSnapshot = false;
            _snapshot = snapshot;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is pending and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _file.Dispose();
    }

    private void Run()
    {
        try
        {
            while (TakeGroup(out long sequence, out bool isDurable, out JournalSnapshot? snapshot, out bool isLast))
            {
                WriteGroup();
                if (isDurable || snapshot is not null || isLast || IsSyncDue())
                    Sync(sequence);
                if (snapshot is not null)
                {
                    _file = _compact(_file, snapshot);
                    _liveBytes = _file.Length;
                }

                _wantsSnapshot |= snapshot is null && _file.Position >= Math.Max(_minSnapshotBytes, 4 * _liveBytes);
                if (isLast)
                    return;
            }
        }
        catch (Exception e)
        {
            _failed(new JournalException(
                $"the journal {_file.Name} cannot be written: {e.Message} No submission is accepted any more; "
                    + "make room or mend the disk, then start the scheduler again",
                e));
        }
    }

    private bool TakeGroup(out long sequence, out bool isDurable, out JournalSnapshot? snapshot, out bool isLast)
    {
        lock (_gate)
        {
            while (_pending.Count == 0 && _snapshot is null && !_isClosing)
            {
                if (!_isUnsynced)
                    Monitor.Wait(_gate);
                else if (!Monitor.Wait(_gate, MaxUnsyncedMs))
                    break;
            }

            if (_pending.Count > 0 && !_hasDurable && _snapshot is null && !_isClosing && _pending.Count < MaxGroup)
                Monitor.Wait(_gate, GroupMs);
            (_pending, _writing) = (_writing, _pending);
            (sequence, isDurable, snapshot, isLast) = (_sequence, _hasDurable, _snapshot, _isClosing);
            _hasDurable = false;
            _snapshot = null;
            return true;
        }
    }

    private void WriteGroup()
    {
        foreach (JournalEntry entry in _writing)
        {
            JournalFormat.Write(_buffer, entry);
            if (_buffer.WrittenCount >= MaxBufferBytes)
                WriteBuffer();
        }

        WriteBuffer();
        _isUnsynced |= _writing.Count > 0;
        _writing.Clear();
    }

    private void WriteBuffer()
    {
        _file.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    private bool IsSyncDue() => _isUnsynced && Stopwatch.GetElapsedTime(_lastSync).TotalMilliseconds >= MaxUnsyncedMs;

    private void Sync(long sequence)
    {
        if (_isUnsynced)
            _flush(_file);
        _isUnsynced = false;
        _lastSync = Stopwatch.GetTimestamp();
        _committed(sequence);
    }
}
