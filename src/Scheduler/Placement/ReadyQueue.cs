namespace TaskGraph.Scheduler.Placement;

/// <summary>
/// Tasks that can run, smallest priority first, ties in order of arrival. What arrives in ascending order (the rule for
/// a submission's roots) goes into a ring at a few nanoseconds each; the rest into a heap. The next few lie sorted
/// before both, so that one can see beforehand what will come out. Entries of tasks that have left in the meantime are
/// skipped by the caller.
/// </summary>
internal sealed class ReadyQueue
{
    /// <summary>How many entries are in order before the ring and the heap.</summary>
    private const int FrontSize = 16;

    private readonly ReadyEntry[] _front = new ReadyEntry[FrontSize];
    private readonly ReadyHeap _heap = new();
    private int _frontHead;
    private int _frontCount;
    private ReadyEntry[] _ring = new ReadyEntry[1024];
    private int _ringHead;
    private int _ringCount;
    private uint _sequence;

    /// <summary>Entries, stale ones included.</summary>
    public int Count => _frontCount + _ringCount + _heap.Count;

    public void Push(int task, byte generation, long priority)
    {
        ReadyEntry entry = new() { Priority = priority, Task = task, Sequence = (_sequence++ << 8) | generation };
        if (_frontCount > 0 && ReadyEntry.Precedes(entry, Front(_frontCount - 1)))
            InsertFront(entry);
        else if (_ringCount == 0 || priority >= _ring[(_ringHead + _ringCount - 1) & (_ring.Length - 1)].Priority)
            PushRing(entry);
        else
            _heap.Push(entry);
    }

    /// <summary>Takes the first entry.</summary>
    public bool TryPop(out int task, out byte generation)
    {
        if (_frontCount == 0)
            FillFront();
        if (_frontCount == 0)
        {
            task = -1;
            generation = 0;
            return false;
        }

        ref ReadyEntry first = ref Front(0);
        task = first.Task;
        generation = (byte)first.Sequence;
        _frontHead++;
        _frontCount--;
        FillFront();
        return true;
    }

    /// <summary>The task of the entry that comes out after so many others, stale or not; −1 = there is none, or it cannot be
    /// told.</summary>
    public int Ahead(int steps) => steps < _frontCount ? Front(steps).Task : -1;

    private ref ReadyEntry Front(int position) => ref _front[(_frontHead + position) & (FrontSize - 1)];

    private void FillFront()
    {
        while (_frontCount < FrontSize)
        {
            if (_ringCount > 0 && (_heap.Count == 0 || ReadyEntry.Precedes(_ring[_ringHead], _heap.First)))
            {
                Front(_frontCount++) = _ring[_ringHead];
                _ringHead = (_ringHead + 1) & (_ring.Length - 1);
                _ringCount--;
            }
            else if (_heap.Count > 0)
            {
                Front(_frontCount++) = _heap.First;
                _heap.Pop();
            }
            else
            {
                return;
            }
        }
    }

    private void InsertFront(in ReadyEntry entry)
    {
        // The last one comes before all that are not in front: also before the ring's first.
        if (_frontCount == FrontSize)
        {
            GrowRing();
            _ringHead = (_ringHead - 1) & (_ring.Length - 1);
            _ring[_ringHead] = Front(--_frontCount);
            _ringCount++;
        }

        int hole = _frontCount++;
        for (; hole > 0 && ReadyEntry.Precedes(entry, Front(hole - 1)); hole--)
            Front(hole) = Front(hole - 1);
        Front(hole) = entry;
    }

    private void PushRing(in ReadyEntry entry)
    {
        GrowRing();
        _ring[(_ringHead + _ringCount++) & (_ring.Length - 1)] = entry;
    }

    private void GrowRing()
    {
        if (_ringCount < _ring.Length)
            return;
        ReadyEntry[] larger = new ReadyEntry[_ring.Length * 2];
        for (int i = 0; i < _ringCount; i++)
            larger[i] = _ring[(_ringHead + i) & (_ring.Length - 1)];
        _ring = larger;
        _ringHead = 0;
    }
}
