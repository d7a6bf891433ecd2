using System.Runtime.InteropServices;

namespace TaskGraph.Scheduler.Placement;

/// <summary>
/// Entries in any order of arrival, the first one on top. Those that are far from their turn wait unsorted, in buckets by priority:
/// a graph may have tens of thousands of tasks that can run, and in one heap each would be moved through memory that no cache
/// holds. The bucket whose turn comes is put in order at once; what arrives for it later goes into a 4-ary heap.
/// </summary>
internal sealed class ReadyHeap
{
    /// <summary>A bucket takes so many neighbouring priorities (as a power of two).</summary>
    private const int BucketBits = 10;

    /// <summary>Empty buckets kept for their next use.</summary>
    private const int KeptBuckets = 64;

    /// <summary>The number of every bucket with entries, least first.</summary>
    private readonly PriorityQueue<long, long> _farNumbers = new();
    private readonly Dictionary<long, List<ReadyEntry>> _far = [];
    private readonly Stack<List<ReadyEntry>> _free = new();
    private readonly BucketOrder _order = new(BucketBits);

    /// <summary>The bucket whose turn has come, from the next entry on.</summary>
    private ReadyEntry[] _sorted = new ReadyEntry[64];
    private int _sortedHead;
    private int _sortedEnd;

    /// <summary>The heap.</summary>
    private ReadyEntry[] _near = new ReadyEntry[64];
    private int _nearCount;

    /// <summary>Entries up to this bucket are near.</summary>
    private long _nearNumber = long.MinValue;
    private List<ReadyEntry>? _last;
    private long _lastNumber;

    public int Count { get; private set; }

    /// <summary>The first entry; there has to be one.</summary>
    public ref readonly ReadyEntry First => ref IsSortedFirst ? ref _sorted[_sortedHead] : ref _near[0];

    private bool IsSortedFirst =>
        _sortedHead < _sortedEnd && (_nearCount == 0 || ReadyEntry.Precedes(_sorted[_sortedHead], _near[0]));

    public void Push(in ReadyEntry entry)
    {
        long number = entry.Priority >> BucketBits;
        if (Count++ == 0)
            _nearNumber = number;
        if (number <= _nearNumber)
            PushNear(entry);
        else
            BucketOf(number).Add(entry);
    }

    /// <summary>Takes the first entry away.</summary>
    public void Pop()
    {
        Count--;
        if (IsSortedFirst)
            _sortedHead++;
        else
            PopNear();
        if (_nearCount == 0 && _sortedHead == _sortedEnd && Count > 0)
            BringNearer();
    }

    private List<ReadyEntry> BucketOf(long number)
    {
        if (_last is not null && _lastNumber == number)
            return _last;
        ref List<ReadyEntry>? bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_far, number, out bool isThere);
        if (!isThere)
        {
            bucket = _free.TryPop(out List<ReadyEntry>? free) ? free : [];
            _farNumbers.Enqueue(number, number);
        }

        _lastNumber = number;
        return _last = bucket!;
    }

    private void BringNearer()
    {
        _nearNumber = _farNumbers.Dequeue();
        _far.Remove(_nearNumber, out List<ReadyEntry>? bucket);
        _last = null;
        if (_sorted.Length < bucket!.Count)
            _sorted = new ReadyEntry[Math.Max(bucket.Count, _sorted.Length * 2)];
        _sortedHead = 0;
        _sortedEnd = bucket.Count;
        _order.Sort(CollectionsMarshal.AsSpan(bucket), _sorted);
        bucket.Clear();
        if (_free.Count < KeptBuckets)
            _free.Push(bucket);
    }

    private void PushNear(in ReadyEntry entry)
    {
        if (_nearCount == _near.Length)
            Array.Resize(ref _near, _nearCount * 2);
        MoveUp(entry, _nearCount++);
    }

    private void MoveUp(in ReadyEntry entry, int hole)
    {
        ReadyEntry[] heap = _near;
        while (hole > 0)
        {
            int parent = (hole - 1) >> 2;
            if (!ReadyEntry.Precedes(entry, heap[parent]))
                break;
            heap[hole] = heap[parent];
            hole = parent;
        }

        heap[hole] = entry;
    }

    /// <summary>
    /// The hole moves down to a leaf, and the last entry up from there: it came from a leaf and nearly always stays at one.
    /// </summary>
    private void PopNear()
    {
        ReadyEntry[] heap = _near;
        int count = --_nearCount;
        int hole = 0;
        int child;
        while ((child = (hole << 2) + 1) + 3 < count)
        {
            int left = child + ReadyEntry.PrecedesBit(heap[child + 1], heap[child]);
            int right = child + 2 + ReadyEntry.PrecedesBit(heap[child + 3], heap[child + 2]);
            int least = left + ((right - left) & -ReadyEntry.PrecedesBit(heap[right], heap[left]));
            heap[hole] = heap[least];
            hole = least;
        }

        if (child < count)
        {
            int least = child;
            for (int other = child + 1; other < count; other++)
                least = ReadyEntry.Precedes(heap[other], heap[least]) ? other : least;
            heap[hole] = heap[least];
            hole = least;
        }

        ReadyEntry last = heap[count];
        MoveUp(last, hole);
    }
}
