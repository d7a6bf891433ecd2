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
    /// Chunks that wait for the last one. The machine keeps these messages: they must not be reused by the shell.
    /// </summary>
    public List<SubmitTasks> Chunks { get; } = [];

    /// <summary>Tasks in <see cref="Chunks"/>.</summary>
    public int StagedCount { get; set; }

    /// <summary>Argument bytes in <see cref="Chunks"/>.</summary>
    public long StagedBytes { get; set; }

    public void Open(ulong id, int number, SchedulerClient client)
    {
        Id = id;
        Number = number;
        Client = client;
    }

    /// <summary>Makes room for the rows of <paramref name="count"/> tasks.</summary>
    public void AllocateRows(int count, bool withHashes)
    {
        TaskCount = count;
        Rows = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        Rows.AsSpan(0, count).Fill(-1);
        if (withHashes)
            KeyHashes = ArrayPool<Hash128>.Shared.Rent(Math.Max(1, count));
    }

    /// <summary>Empties the record for its next use.</summary>
    public void Reset()
    {
        if (Rows.Length > 0)
            ArrayPool<int>.Shared.Return(Rows);
        if (KeyHashes.Length > 0)
            ArrayPool<Hash128>.Shared.Return(KeyHashes);
        Rows = [];
        KeyHashes = [];
        Chunks.Clear();
        Client = null;
        IsAccepted = IsUnconfirmed = false;
        TaskCount = LiveCount = StagedCount = 0;
        StagedBytes = 0;
        OlderOfRange = -1;
    }
}
