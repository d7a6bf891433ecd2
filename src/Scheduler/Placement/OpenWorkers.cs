using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Placement;

/// <summary>
/// The workers that have room, least loaded first, ties by number: a binary heap that knows where each one is.
/// </summary>
internal sealed class OpenWorkers
{
    /// <summary>How many are asked for room: the top of the heap, so that a choice costs the same for any number.</summary>
    private const int MaxLookedAt = 15;

    private readonly List<SchedulerWorker> _heap = [];

    public int Count => _heap.Count;

    /// <summary>The least loaded worker with room, null = none.</summary>
    public SchedulerWorker? Least => _heap.Count == 0 ? null : _heap[0];

    /// <summary>One of them; the first is the least loaded, the others are among the next ones.</summary>
    public SchedulerWorker this[int index] => _heap[index];

    public bool Contains(SchedulerWorker worker) => worker.HeapIndex >= 0;

    /// <summary>Adds the worker, or moves it to where its load belongs.</summary>
    public void Update(SchedulerWorker worker)
    {
        worker.HeapLoad = worker.Load;
        if (worker.HeapIndex < 0)
        {
            worker.HeapIndex = _heap.Count;
            _heap.Add(worker);
        }

        if (!MoveUp(worker))
            MoveDown(worker);
    }

    /// <summary>Of the least loaded workers, the first that has room for a result of such a size; null = none of them.</summary>
    public SchedulerWorker? LeastWithRoomFor(long bytes)
    {
        SchedulerWorker? best = null;
        for (int i = 0; i < Math.Min(MaxLookedAt, _heap.Count); i++)
        {
            if (_heap[i].HasRoomFor(bytes) && (best is null || Precedes(_heap[i], best)))
                best = _heap[i];
        }

        return best;
    }

    public void Remove(SchedulerWorker worker)
    {
        int index = worker.HeapIndex;
        if (index < 0)
            return;
        worker.HeapIndex = -1;
        SchedulerWorker last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last == worker)
            return;
        _heap[index] = last;
        last.HeapIndex = index;
        Update(last);
    }

    private static bool Precedes(SchedulerWorker left, SchedulerWorker right)
    {
        if (left.HeapLoad != right.HeapLoad)
            return left.HeapLoad < right.HeapLoad;
        int leftActive = left.ActiveCount * right.Threads;
        int rightActive = right.ActiveCount * left.Threads;
        return leftActive != rightActive ? leftActive < rightActive : left.Number < right.Number;
    }

    private bool MoveUp(SchedulerWorker worker)
    {
        int hole = worker.HeapIndex;
        int start = hole;
        while (hole > 0)
        {
            int parent = (hole - 1) >> 1;
            if (!Precedes(worker, _heap[parent]))
                break;
            Put(_heap[parent], hole);
            hole = parent;
        }

        Put(worker, hole);
        return hole != start;
    }

    private void MoveDown(SchedulerWorker worker)
    {
        int hole = worker.HeapIndex;
        while (true)
        {
            int child = (hole << 1) + 1;
            if (child >= _heap.Count)
                break;
            if (child + 1 < _heap.Count && Precedes(_heap[child + 1], _heap[child]))
                child++;
            if (!Precedes(_heap[child], worker))
                break;
            Put(_heap[child], hole);
            hole = child;
        }

        Put(worker, hole);
    }

    private void Put(SchedulerWorker worker, int index)
    {
        _heap[index] = worker;
        worker.HeapIndex = index;
    }
}
