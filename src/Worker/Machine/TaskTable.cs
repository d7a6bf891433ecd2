namespace TaskGraph.Worker.Machine;

/// <summary>All tasks known here: rows in pages that never move, and an index by id.</summary>
internal sealed class TaskTable
{
    private const int PageBits = 10;
    private const int PageSize = 1 << PageBits;

    private readonly Dictionary<TaskId, int> _index = [];
    private WorkerTask[][] _pages = [];
    private int _used;
    private int _free = -1;
    private int _serial;

    /// <summary>How many tasks are known.</summary>
    public int Count => _index.Count;

    /// <summary>Rows ever used: all live rows are below this.</summary>
    public int RowLimit => _used;

    /// <summary>The row; the reference stays valid while other rows are added.</summary>
    public ref WorkerTask this[int row] => ref _pages[row >> PageBits][row & (PageSize - 1)];

    /// <summary>The row of a task, −1 if unknown.</summary>
    public int Find(TaskId id) => _index.TryGetValue(id, out var row) ? row : -1;

    /// <summary>The row of a task, added in state Released if unknown.</summary>
    public int FindOrAdd(TaskId id)
    {
        ref var slot = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _index, id, out var known);
        if (!known)
            slot = Take(id);
        return slot;
    }

    /// <summary>Frees a row.</summary>
    public void Remove(int row)
    {
        ref var task = ref this[row];
        _index.Remove(task.Id);
        task = default;
        task.State = WorkerTaskState.Forgotten;
        task.NextFree = _free;
        _free = row;
    }

    private int Take(TaskId id)
    {
        int row;
        if (_free >= 0)
        {
            row = _free;
            _free = this[row].NextFree;
        }
        else
        {
            row = _used++;
            if (row >> PageBits == _pages.Length)
            {
                Array.Resize(ref _pages, _pages.Length + 1);
                _pages[^1] = new WorkerTask[PageSize];
            }
        }

        ref var task = ref this[row];
        task = default;
        task.Id = id;
        task.Attempt = -1;
        task.Serial = ++_serial;
        task.FirstInput = -1;
        task.FirstDependent = -1;
        task.Priority = long.MaxValue;
        return row;
    }
}
