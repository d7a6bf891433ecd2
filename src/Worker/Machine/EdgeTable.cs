namespace TaskGraph.Worker.Machine;

/// <summary>
/// One "this task here needs that value": a link in the task's list of inputs, in argument order, and in the value's
/// list of dependents.
/// </summary>
internal struct Edge
{
    public int Task;
    public int Input;
    public int NextInput;
    public int NextDependent;
    public int PreviousDependent;
}

/// <summary>All edges, in one array with a free list.</summary>
internal sealed class EdgeTable
{
    private Edge[] _edges = new Edge[256];
    private int _used;
    private int _free = -1;

    /// <summary>How many edges are in use.</summary>
    public int Count { get; private set; }

    /// <summary>The edge; the reference is valid until the next <see cref="Add"/>.</summary>
    public ref Edge this[int edge] => ref _edges[edge];

    /// <summary>A new edge without links.</summary>
    public int Add(int task, int input)
    {
        int edge;
        if (_free >= 0)
        {
            edge = _free;
            _free = _edges[edge].NextInput;
        }
        else
        {
            edge = _used++;
            if (edge == _edges.Length)
                Array.Resize(ref _edges, _edges.Length * 2);
        }

        Count++;
        _edges[edge] = new Edge
        {
            Task = task,
            Input = input,
            NextInput = -1,
            NextDependent = -1,
            PreviousDependent = -1,
        };
        return edge;
    }

    /// <summary>Gives an edge back.</summary>
    public void Remove(int edge)
    {
        Count--;
        _edges[edge].NextInput = _free;
        _free = edge;
    }
}
