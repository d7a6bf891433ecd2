namespace TaskGraph.Transport.Frames;

/// <summary>
/// Batches that were sent and are not acknowledged: what a resumed session replays. Bounded: what a peer has not
/// acknowledged beyond that is let go, and the session can then not be resumed from so far back.
/// </summary>
internal sealed class SentFrames
{
    private const long MaxBytes = 64 << 20;
    private const int MaxSpares = 4;

    private readonly Queue<FrameBatch> _batches = new();
    private readonly Stack<FrameBatch> _spares = new();
    private long _bytes;
    private uint _letGo;

    /// <summary>Keeps a sealed batch until it is acknowledged.</summary>
    public void Keep(FrameBatch batch)
    {
        if (batch.HasAttachments)
            _letGo = batch.LastSequence;
        _batches.Enqueue(batch);
        _bytes += batch.Memory.Length;
    }

    /// <summary>
    /// Drops what is acknowledged, and the oldest batches beyond the bound; <paramref name="sending"/> stays.
    /// </summary>
    public void Prune(uint acknowledged, FrameBatch? sending)
    {
        while (_batches.TryPeek(out var oldest) && oldest != sending)
        {
            var isAcknowledged = (int)(oldest.LastSequence - acknowledged) <= 0;
            if (!isAcknowledged && _bytes <= MaxBytes)
                return;
            if (!isAcknowledged)
                _letGo = oldest.LastSequence;
            Drop(_batches.Dequeue());
        }
    }

    /// <summary>Whether everything after frame <paramref name="sequence"/> is here.</summary>
    public bool CanReplayAfter(uint sequence) => (int)(sequence - _letGo) >= 0;

    /// <summary>What is to be sent again, in order.</summary>
    public ReadOnlyMemory<byte>[] After(uint sequence)
    {
        List<ReadOnlyMemory<byte>> replay = [];
        foreach (var batch in _batches)
        {
            var rest = batch.MemoryAfter(sequence);
            if (!rest.IsEmpty)
                replay.Add(rest);
        }

        return [.. replay];
    }

    /// <summary>An empty batch that was used before, if there is one.</summary>
    public FrameBatch? TakeSpare() => _spares.TryPop(out var spare) ? spare : null;

    /// <summary>Gives all memory back.</summary>
    public void Clear()
    {
        while (_batches.TryDequeue(out var batch))
            Drop(batch);
    }

    private void Drop(FrameBatch batch)
    {
        _bytes -= batch.Memory.Length;
        batch.Clear();
        if (_spares.Count < MaxSpares)
            _spares.Push(batch);
    }
}
