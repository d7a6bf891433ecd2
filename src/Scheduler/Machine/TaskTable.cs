using System.Runtime.CompilerServices;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What a task needs, and who needs it: what others ask of it in passing, in 8 bytes.</summary>
internal struct TaskNeeds
{
    private const int StateBits = 3;
    private const int StateMask = (1 << StateBits) - 1;

    /// <summary>Dependents that are Waiting, Queued, NoWorker or Processing.</summary>
    public int WaiterCount;

    private int _missingAndState;

    /// <summary>In Waiting: inputs that have no value yet.</summary>
    public int MissingCount
    {
        readonly get => _missingAndState >> StateBits;
        set => _missingAndState = (value << StateBits) | (_missingAndState & StateMask);
    }

    /// <summary>The row's state.</summary>
    public TaskState State
    {
        readonly get => (TaskState)(_missingAndState & StateMask);
        set => _missingAndState = (_missingAndState & ~StateMask) | (int)value;
    }
}

/// <summary>
/// All tasks, in pages of 65,536, and the list of free rows. A page has the rows, and columns of what other tasks ask for in
/// passing: neighbours in the graph lie anywhere, and of a column eight times as many fit into a cache as of rows. Pages are
/// pinned and rows lie on whole cache lines, since one that straddles two would be waited for twice. Whenever no task is
/// left, rows are given out from the first one again: a graph that was forgotten in its own order would have left the next
/// one rows in no order at all.
/// </summary>
internal sealed unsafe class TaskTable
{
    private const int PageBits = 16;
    private const int PageRows = 1 << PageBits;
    private const int LineBytes = 64;
    private const int ColumnBytes = PageRows * sizeof(long);
    private const int DependentsAt = PageRows * LineBytes;
    private const int NeedsAt = DependentsAt + ColumnBytes;
    private const int PageBytes = NeedsAt + ColumnBytes;

    // What keeps the pages alive; they are reached through the pointers.
    private readonly List<byte[]> _arrays = [];
    private nint[] _pages = new nint[4];
    private int _firstFree = -1;
    private int _next;

    /// <summary>Rows that have ever been used: scans run over 0 … this − 1.</summary>
    public int HighWater { get; private set; }

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    public ref TaskRow this[int task]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref ((TaskRow*)_pages[task >> PageBits])[task & (PageRows - 1)];
    }

    /// <summary>The list of its dependents. In a free row: its first is the next free row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref DependentList Dependents(int task) =>
        ref ((DependentList*)(_pages[task >> PageBits] + DependentsAt))[task & (PageRows - 1)];

    /// <summary>First edge of the list of its dependents, −1 = none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FirstDependent(int task) => Dependents(task).First;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TaskNeeds Needs(int task) =>
        ref ((TaskNeeds*)(_pages[task >> PageBits] + NeedsAt))[task & (PageRows - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int WaiterCount(int task) => Needs(task).WaiterCount;

    /// <summary>The row's state, for those who want nothing else of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TaskState StateOf(int task) => Needs(task).State;

    /// <summary>Changes the state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetState(int task, ref TaskRow row, TaskState state) => row.State = Needs(task).State = state;

    /// <summary>Takes a free row; everything but its generation is reset.</summary>
    public int Allocate()
    {
        int task = _firstFree;
        if (task >= 0)
        {
            _firstFree = Dependents(task).First;
        }
        else
        {
            task = _next++;
            HighWater = Math.Max(HighWater, _next);
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
        Dependents(task) = DependentList.Empty;
        Needs(task).WaiterCount = Needs(task).MissingCount = 0;
        return task;
    }

    /// <summary>Gives a row back.</summary>
    public void Free(int task)
    {
        ref TaskRow row = ref this[task];
        SetState(task, ref row, TaskState.Forgotten);
        row.Flags = TaskFlags.None;
        Dependents(task).First = _firstFree;
        _firstFree = task;
        if (--Count == 0)
            (_firstFree, _next) = (-1, 0);
    }

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
