using System.Runtime.CompilerServices;

namespace TaskGraph.Scheduler.Machine;

/// <summary>All tasks, in pages of 65,536 rows, and the list of free rows.</summary>
internal sealed class TaskTable
{
    private const int PageBits = 16;
    private const int PageRows = 1 << PageBits;

    private TaskRow[][] _pages = new TaskRow[4][];
    private int _pageCount;
    private int _firstFree = -1;

    /// <summary>Rows that have ever been used: scans run over 0 … this − 1.</summary>
    public int HighWater { get; private set; }

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    public ref TaskRow this[int task]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _pages[task >> PageBits][task & (PageRows - 1)];
    }

    /// <summary>Takes a free row; everything but its generation is reset.</summary>
    public int Allocate()
    {
        int task = _firstFree;
        if (task >= 0)
        {
            _firstFree = this[task].FirstDependent;
        }
        else
        {
            task = HighWater++;
            if (task >> PageBits == _pageCount)
                AddPage();
        }

        Count++;
        ref TaskRow row = ref this[task];
        byte generation = row.Generation;
        row = default;
        row.Generation = (byte)(generation + 1);
        row.State = TaskState.Released;
        row.Worker = row.Function = row.Blob = row.FirstDependency = row.FirstDependent = -1;
        return task;
    }

    /// <summary>Gives a row back.</summary>
    public void Free(int task)
    {
        ref TaskRow row = ref this[task];
        row.State = TaskState.Forgotten;
        row.Flags = TaskFlags.None;
        row.FirstDependent = _firstFree;
        _firstFree = task;
        Count--;
    }

    private void AddPage()
    {
        if (_pageCount == _pages.Length)
            Array.Resize(ref _pages, _pageCount * 2);
        _pages[_pageCount++] = new TaskRow[PageRows];
    }
}
