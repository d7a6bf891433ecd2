using System.Runtime.CompilerServices;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// All tasks, in pages of 65,536, and the list of free rows. A page has the rows, and columns of what other tasks ask for in
/// passing: neighbours in the graph lie anywhere, and of a column sixteen times as many fit into a cache as of rows. Pages are
/// pinned and rows lie on whole cache lines, since one that straddles two would be waited for twice.
/// </summary>
internal sealed unsafe class TaskTable
{
    private const int PageBits = 16;
    private const int PageRows = 1 << PageBits;
    private const int LineBytes = 64;
    private const int ColumnBytes = PageRows * sizeof(int);
    private const int DependentsAt = PageRows * LineBytes;
    private const int WaitersAt = DependentsAt + ColumnBytes;
    private const int MissingAt = WaitersAt + ColumnBytes;
    private const int StatesAt = MissingAt + ColumnBytes;
    private const int PageBytes = StatesAt + PageRows;

    // What keeps the pages alive; they are reached through the pointers.
    private readonly List<byte[]> _arrays = [];
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

    /// <summary>First edge of the list of its dependents. In a free row: the next free row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int FirstDependent(int task) =>
        ref ((int*)(_pages[task >> PageBits] + DependentsAt))[task & (PageRows - 1)];

    /// <summary>Dependents that are Waiting, Queued, NoWorker or Processing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int WaiterCount(int task) => ref ((int*)(_pages[task >> PageBits] + WaitersAt))[task & (PageRows - 1)];

    /// <summary>In Waiting: inputs that have no value yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int MissingCount(int task) => ref ((int*)(_pages[task >> PageBits] + MissingAt))[task & (PageRows - 1)];

    /// <summary>The row's state, for those who want nothing else of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TaskState StateOf(int task) => State(task);

    /// <summary>Changes the state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetState(int task, ref TaskRow row, TaskState state) => row.State = State(task) = state;

    /// <summary>Asks for what a task that begins to wait wants of its input.</summary>
    public void AnnounceClaim(int task)
    {
        CacheHint.WillNeed(ref WaiterCount(task));
        CacheHint.WillNeed(ref State(task));
    }

    /// <summary>Asks for what a finished task wants of its dependent: all of it, if it is the last input.</summary>
    public void AnnounceCountdown(int task)
    {
        CacheHint.WillNeed(ref State(task));
        if (MissingCount(task) <= 1)
            CacheHint.WillNeed(ref this[task]);
    }

    /// <summary>Takes a free row; everything but its generation is reset.</summary>
    public int Allocate()
    {
        int task = _firstFree;
        if (task >= 0)
        {
            _firstFree = FirstDependent(task);
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
        SetState(task, ref row, TaskState.Released);
        row.Worker = row.Function = row.Blob = row.FirstDependency = -1;
        FirstDependent(task) = -1;
        WaiterCount(task) = MissingCount(task) = 0;
        return task;
    }

    /// <summary>Gives a row back.</summary>
    public void Free(int task)
    {
        ref TaskRow row = ref this[task];
        SetState(task, ref row, TaskState.Forgotten);
        row.Flags = TaskFlags.None;
        FirstDependent(task) = _firstFree;
        _firstFree = task;
        Count--;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref TaskState State(int task) =>
        ref ((TaskState*)(_pages[task >> PageBits] + StatesAt))[task & (PageRows - 1)];

    private void AddPage()
    {
        if (_arrays.Count == _pages.Length)
            Array.Resize(ref _pages, _pages.Length * 2);

        // One line more than the page has, so that its start can be moved up to the start of a line.
        byte[] array = GC.AllocateArray<byte>(PageBytes + LineBytes, pinned: true);
        nuint start = (nuint)Unsafe.AsPointer(ref array[0]);
        _pages[_arrays.Count] = (nint)((start + LineBytes - 1) & ~(nuint)(LineBytes - 1));
        _arrays.Add(array);
    }
}
