using System.Numerics;
using System.Runtime.CompilerServices;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// "<see cref="Dependent"/> takes the value of <see cref="Dependency"/>": 16 bytes, in the list of the dependency's
/// dependents.
/// </summary>
internal struct Edge
{
    public int Dependency;
    public int Dependent;

    /// <summary>Next edge of the same dependency; in a free block: the next free block.</summary>
    public int Next;

    /// <summary>Previous edge of the same dependency, −1 = it is the first.</summary>
    public int Previous;
}

/// <summary>The edges to a task's dependents, in the order of their arrival: the first and the last, −1 = none.</summary>
internal struct DependentList
{
    public int First;
    public int Last;

    public static DependentList Empty => new() { First = -1, Last = -1 };
}

/// <summary>
/// All edges, in pages. The edges of one task lie side by side; freed blocks are kept by size (exact up to 16, powers
/// of two beyond). Whenever none is left, they are given out from the first one again, side by side.
/// </summary>
internal sealed unsafe class EdgeTable
{
    private const int PageBits = 16;
    private const int PageEdges = 1 << PageBits;
    private const int ExactSizes = 16;

    private readonly int[] _freeBySize = new int[ExactSizes + 32];

    // What keeps the pages alive; they are reached through the pointers, one check and one step fewer than through arrays.
    private readonly List<Edge[]> _arrays = [];
    private nint[] _pages = new nint[4];
    private int _next;

    public EdgeTable() => Array.Fill(_freeBySize, -1);

    /// <summary>Edges in use.</summary>
    public int Count { get; private set; }

    public ref Edge this[int edge]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref ((Edge*)_pages[edge >> PageBits])[edge & (PageEdges - 1)];
    }

    /// <summary>Takes <paramref name="count"/> edges side by side and returns the first; −1 for none.</summary>
    public int Allocate(int count)
    {
        if (count == 0)
            return -1;
        Count += count;
        int size = SizeClass(count);
        int first = _freeBySize[size];
        if (first >= 0)
        {
            _freeBySize[size] = this[first].Next;
            return first;
        }

        first = _next;
        _next += Rounded(count);
        while (_arrays.Count << PageBits < _next)
            AddPage();
        return first;
    }

    /// <summary>Gives back the block of <paramref name="count"/> edges at <paramref name="first"/>.</summary>
    public void Free(int first, int count)
    {
        if (count == 0)
            return;
        Count -= count;
        int size = SizeClass(count);
        this[first].Next = _freeBySize[size];
        _freeBySize[size] = first;
        if (Count > 0)
            return;
        Array.Fill(_freeBySize, -1);
        _next = 0;
    }

    /// <summary>
    /// Makes <paramref name="edge"/> lead from <paramref name="dependency"/> to <paramref name="dependent"/>, at the end of the
    /// former's list: dependents become runnable in order.
    /// </summary>
    public void Link(int edge, int dependency, int dependent, ref DependentList list)
    {
        int last = list.Last;
        this[edge] = new Edge { Dependency = dependency, Dependent = dependent, Next = -1, Previous = last };
        list.Last = edge;
        if (last < 0)
            list.First = edge;
        else
            this[last].Next = edge;
    }

    /// <summary>Takes <paramref name="edge"/> out of its dependency's list.</summary>
    public void Unlink(int edge, ref DependentList list)
    {
        Edge removed = this[edge];
        if (removed.Previous < 0)
            list.First = removed.Next;
        else
            this[removed.Previous].Next = removed.Next;
        if (removed.Next < 0)
            list.Last = removed.Previous;
        else
            this[removed.Next].Previous = removed.Previous;
    }

    private static int SizeClass(int count) =>
        count <= ExactSizes ? count - 1 : ExactSizes + BitOperations.Log2((uint)(count - 1));

    private static int Rounded(int count) =>
        count <= ExactSizes ? count : (int)BitOperations.RoundUpToPowerOf2((uint)count);

    private void AddPage()
    {
        if (_arrays.Count == _pages.Length)
            Array.Resize(ref _pages, _pages.Length * 2);
        Edge[] array = GC.AllocateArray<Edge>(PageEdges, pinned: true);
        _pages[_arrays.Count] = (nint)Unsafe.AsPointer(ref array[0]);
        _arrays.Add(array);
    }
}
