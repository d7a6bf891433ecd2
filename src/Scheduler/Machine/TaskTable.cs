using System.Runtime.CompilerServices;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// All tasks, in pages of 65,536 rows, and the list of free rows. Pages are pinned and rows lie on whole cache lines:
/// rows are met in any order, and one that straddles two lines would be waited for twice.
/// </summary>
internal sealed unsafe class TaskTable
{
    private const int PageBits = 16;
    private const int PageRows = 1 << PageBits;
    private const int LineBytes = 64;

    // What keeps the pages alive; they are reached through the pointers.
    private readonly List<TaskRow[]> _arrays = [];
    private nint[] _pages = new nint[4];
    private int _firstFree = -1;

    /// <summary>Rows that have ever been used: scans run over 0 … this − 1.</summary>
    public int HighWater { get; private set; }

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    public ref TaskRow this[int task]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref ((TaskRow*)_pages[task >> PageBits])[task & (PageRows - 1)];
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
            if (task >> PageBits == _arrays.Count)
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
        if (_arrays.Count == _pages.Length)
            Array.Resize(ref _pages, _pages.Length * 2);

        // One row more than the page has, so that its first can be moved up to the start of a line.
        TaskRow[] array = GC.AllocateArray<TaskRow>(PageRows + 1, pinned: true);
        nuint start = (nuint)Unsafe.AsPointer(ref array[0]);
        _pages[_arrays.Count] = (nint)((start + LineBytes - 1) & ~(nuint)(LineBytes - 1));
        _arrays.Add(array);
    }
}
