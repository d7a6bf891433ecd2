using System.Buffers;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What a client sent in one go: which rows its tasks have.</summary>
internal sealed class Submission
{
    public ulong Id { get; private set; }

    /// <summary>Its place in the <see cref="SubmissionTable"/>.</summary>
    public int Number { get; private set; }

    /// <summary>Who wants its tasks; null when that client is gone.</summary>
    public SchedulerClient? Client { get; set; }

    /// <summary>Whether all chunks have come and it was accepted.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Futures that were handed over in a reply which its client may not have seen.</summary>
    public bool IsUnconfirmed { get; set; }

    /// <summary>It has no tasks of its own: it wants some of others.</summary>
    public bool IsClaim { get; set; }

    /// <summary>Replayed from a shortened journal: which of its tasks are left; else null.</summary>
    public SubmissionKept? Kept { get; set; }

    public KeyForm KeyForm { get; set; }

    public Hash128 RangeKey { get; set; }

    /// <summary>For <see cref="KeyForm.Range"/>: the next older submission with the same key, −1 = none.</summary>
    public int OlderOfRange { get; set; } = -1;

    public int TaskCount { get; private set; }

    /// <summary>Per task: its row, −1 = forgotten. Rented; longer than <see cref="TaskCount"/>.</summary>
    public int[] Rows { get; private set; } = [];

    /// <summary>Per task: the hash of its key, for <see cref="KeyForm.Hashed"/>. Rented.</summary>
    public Hash128[] KeyHashes { get; private set; } = [];

    /// <summary>Entries of <see cref="Rows"/> that are not −1.</summary>
    public int LiveCount { get; set; }

    /// <summary>
    /// Chunks that wait for the last one: where keys are shared, all of them; else those that name tasks of later
    /// chunks, and what follows these. The machine keeps the messages: they must not be reused by the shell.
    /// </summary>
    public List<SubmitTasks> Chunks { get; } = [];

    /// <summary>Tasks that have come.</summary>
    public int StagedCount { get; set; }

    /// <summary>Bytes of arguments and inputs that have come.</summary>
    public long StagedBytes { get; set; }

    /// <summary>Inputs of the next task that have come ahead of it.</summary>
    public int InputsAheadCount { get; set; }

    /// <summary>The rows of those inputs, as far as they are looked up; null = none.</summary>
    public MessageColumn<int>? RowsAhead { get; set; }

    /// <summary>Whether a task takes the value of one that is not before it: there may be a cycle.</summary>
    public bool HasForward { get; set; }

    /// <summary>The spans of its tasks; null = they have none.</summary>
    public SpanRuns? Spans { get; set; }

    /// <summary>The spans as its client has named them, for a shortened journal; null where none is kept.</summary>
    public SpansNoted? SpansNoted { get; set; }

    /// <summary>Its orders count from here.</summary>
    public long FirstOrder { get; set; }

    /// <summary>The largest order in it.</summary>
    public long LastOrder { get; set; }

    public void Open(ulong id, int number, SchedulerClient client)
    {
        Id = id;
        Number = number;
        Client = client;
    }

    /// <summary>Makes room for the rows of <paramref name="count"/> tasks in all.</summary>
    public void AllocateRows(int count, bool withHashes)
    {
        if (count > Rows.Length)
            Rows = Grown(Rows, count);
        Rows.AsSpan(TaskCount, count - TaskCount).Fill(-1);
        if (withHashes && count > KeyHashes.Length)
            KeyHashes = Grown(KeyHashes, count);
        TaskCount = count;
    }

    /// <summary>Forgets what was staged; its rows are gone already.</summary>
    public void Unstage()
    {
        Chunks.Clear();
        RowsAhead = null;
        TaskCount = StagedCount = InputsAheadCount = 0;
        StagedBytes = 0;
        HasForward = false;
    }

    /// <summary>Empties the record for its next use.</summary>
    public void Reset()
    {
        Unstage();
        if (Rows.Length > 0)
            ArrayPool<int>.Shared.Return(Rows);
        if (KeyHashes.Length > 0)
            ArrayPool<Hash128>.Shared.Return(KeyHashes);
        Rows = [];
        KeyHashes = [];
        Client = null;
        Kept = null;
        Spans?.Leave();
        Spans = null;
        SpansNoted = null;
        IsAccepted = IsUnconfirmed = IsClaim = false;
        LiveCount = 0;
        OlderOfRange = -1;
    }

    private static T[] Grown<T>(T[] small, int count)
    {
        T[] large = ArrayPool<T>.Shared.Rent(Math.Max(1, Math.Max(count, small.Length * 2)));
        small.CopyTo(large, 0);
        if (small.Length > 0)
            ArrayPool<T>.Shared.Return(small);
        return large;
    }
}
