namespace TaskGraph.Scheduler.Placement;

/// <summary>
/// Tasks that can run, smallest priority first, ties in order of arrival. What arrives in ascending order (the rule for
/// a submission's roots) goes into a ring at a few nanoseconds each; the rest into a 4-ary heap. Entries of tasks that
/// have left in the meantime are skipped by the caller.
/// </summary>
internal sealed class ReadyQueue
{
    private Entry[] _ring = new Entry[1024];
    private int _ringHead;
    private int _ringCount;
    private Entry[] _heap = new Entry[64];
    private int _heapCount;
    private uint _sequence;

    /// <summary>Entries, stale ones included.</summary>
    public int Count => _ringCount + _heapCount;

    public void Push(int task, byte generation, long priority)
    {
        Entry entry = new() { Priority = priority, Task = task, Sequence = (_sequence++ << 8) | generation };
        if (_ringCount == 0 || priority >= _ring[(_ringHead + _ringCount - 1) & (_ring.Length - 1)].Priority)
            PushRing(entry);
        else
            PushHeap(entry);
    }

    /// <summary>Takes the first entry.</summary>
    public bool TryPop(out int task, out byte generation)
    {
        if (_ringCount > 0 && (_heapCount == 0 || Precedes(_ring[_ringHead], _heap[0])))
        {
            task = _ring[_ringHead].Task;
            generation = (byte)_ring[_ringHead].Sequence;
            _ringHead = (_ringHead + 1) & (_ring.Length - 1);
            _ringCount--;
            return true;
        }

        if (_heapCount == 0)
        {
            task = -1;
            generation = 0;
            return false;
        }

        task = _heap[0].Task;
        generation = (byte)_heap[0].Sequence;
        PopHeap();
        return true;
    }

    /// <summary>The task of the entry that comes next, stale or not; −1 = none.</summary>
    public int Next =>
        _ringCount > 0 && (_heapCount == 0 || Precedes(_ring[_ringHead], _heap[0])) ? _ring[_ringHead].Task
        : _heapCount > 0 ? _heap[0].Task : -1;

    private static bool Precedes(in Entry left, in Entry right) =>
        left.Priority != right.Priority
            ? left.Priority < right.Priority
            : unchecked((int)(left.Sequence - right.Sequence)) < 0;

    private void PushRing(in Entry entry)
    {
        if (_ringCount == _ring.Length)
        {
            Entry[] larger = new Entry[_ring.Length * 2];
            for (int i = 0; i < _ringCount; i++)
                larger[i] = _ring[(_ringHead + i) & (_ring.Length - 1)];
            _ring = larger;
            _ringHead = 0;
        }

        _ring[(_ringHead + _ringCount++) & (_ring.Length - 1)] = entry;
    }

    private void PushHeap(in Entry entry)
    {
        if (_heapCount == _heap.Length)
            Array.Resize(ref _heap, _heapCount * 2);
        int hole = _heapCount++;
        while (hole > 0)
        {
            int parent = (hole - 1) >> 2;
            if (!Precedes(entry, _heap[parent]))
                break;
            _heap[hole] = _heap[parent];
            hole = parent;
        }

        _heap[hole] = entry;
    }

    private void PopHeap()
    {
        Entry last = _heap[--_heapCount];
        int hole = 0;
        while (true)
        {
            int child = (hole << 2) + 1;
            if (child >= _heapCount)
                break;
            int end = Math.Min(child + 4, _heapCount);
            int least = child;
            for (int other = child + 1; other < end; other++)
            {
                if (Precedes(_heap[other], _heap[least]))
                    least = other;
            }

            if (!Precedes(_heap[least], last))
                break;
            _heap[hole] = _heap[least];
            hole = least;
        }

        _heap[hole] = last;
    }

    /// <summary>16 bytes, as there may be one for every root of a large graph.</summary>
    private struct Entry
    {
        public long Priority;
        public int Task;

        /// <summary>The order of arrival, above the eight bits of the row's generation.</summary>
        public uint Sequence;
    }
}
