namespace TaskGraph.Worker.Machine;

/// <summary>
/// Rows by priority, smaller first, ties last-in-first-out. Entries are not removed when a task goes elsewhere: whoever
/// takes one checks the row's serial and state.
/// </summary>
internal sealed class ReadyQueue
{
    private Entry[] _heap = new Entry[16];
    private long _sequence;

    /// <summary>A queued row.</summary>
    public readonly record struct Entry(long Priority, long Sequence, int Row, int Serial);

    /// <summary>Entries, stale ones included.</summary>
    public int Count { get; private set; }

    /// <summary>The entry that comes first.</summary>
    public ref readonly Entry Head => ref _heap[0];

    /// <summary>Queues a row.</summary>
    public void Push(long priority, int row, int serial)
    {
        if (Count == _heap.Length)
            Array.Resize(ref _heap, _heap.Length * 2);
        var entry = new Entry(priority, ++_sequence, row, serial);
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) >> 1;
            if (!Before(entry, _heap[parent]))
                break;
            _heap[at] = _heap[parent];
            at = parent;
        }

        _heap[at] = entry;
    }

    /// <summary>Takes the first entry; false = none is left.</summary>
    public bool TryPop(out Entry entry)
    {
        if (Count == 0)
        {
            entry = default;
            return false;
        }

        entry = _heap[0];
        SiftDown(_heap[--Count]);
        return true;
    }

    private void SiftDown(Entry entry)
    {
        var at = 0;
        while (true)
        {
            var child = (at << 1) + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && Before(_heap[child + 1], _heap[child]))
                child++;
            if (!Before(_heap[child], entry))
                break;
            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = entry;
    }

    private static bool Before(in Entry left, in Entry right) =>
        left.Priority != right.Priority ? left.Priority < right.Priority : left.Sequence > right.Sequence;
}
