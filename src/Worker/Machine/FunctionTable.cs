using TaskGraph.Messages;

namespace TaskGraph.Worker.Machine;

/// <summary>Whether the code of a function is here.</summary>
internal enum FunctionState : byte
{
    Requested,
    Loaded,
    Failed,
}

/// <summary>Functions named by tasks, as dense numbers.</summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<Hash128, int> _index = [];
    private readonly List<Row> _rows = [];

    /// <summary>A function.</summary>
    internal sealed class Row(Hash128 id)
    {
        public Hash128 Id { get; } = id;

        public FunctionState State { get; set; }

        public TaskError? Error { get; set; }

        /// <summary>Rows and serials of tasks that wait for the code; may be stale.</summary>
        public List<(int Row, int Serial)> Waiting { get; } = [];
    }

    /// <summary>The function with this number.</summary>
    public Row this[int number] => _rows[number];

    /// <summary>The number of a function; <paramref name="isNew"/> when it was not known.</summary>
    public int FindOrAdd(Hash128 id, out bool isNew)
    {
        isNew = !_index.TryGetValue(id, out var number);
        if (isNew)
        {
            number = _rows.Count;
            _rows.Add(new Row(id));
            _index.Add(id, number);
        }

        return number;
    }
}
