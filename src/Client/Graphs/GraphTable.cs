using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>
/// The tasks of a graph that is being built, as rows in pages and their inputs in one column: a million tasks as objects
/// of their own cost the collector more time than all else that building and sending them takes.
/// </summary>
internal sealed class GraphTable
{
    private const int PageShift = 12;
    private const int PageRows = 1 << PageShift;

    private readonly List<GraphRow[]> _pages = [];
    private readonly List<int> _inputs = [];
    private readonly List<Dependency> _outer = [];
    private readonly List<Upload> _uploads = [];
    private readonly List<string> _names = [];
    private readonly ArgumentPages _arguments = new();

    /// <summary>How many tasks there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether any task has a name.</summary>
    public bool HasNames => _names.Count > 0;

    /// <summary>Arguments too large for the message, of all calls.</summary>
    public IReadOnlyCollection<Upload> Uploads => _uploads;

    /// <summary>The inputs of all tasks, each task's side by side: its own tasks by number, others below 0.</summary>
    public ReadOnlySpan<int> Inputs => CollectionsMarshal.AsSpan(_inputs);

    public ref GraphRow this[int task] => ref _pages[task >> PageShift][task & (PageRows - 1)];

    /// <summary>Adds a task of which only the name is known; an empty one is none.</summary>
    public int Add(string name)
    {
        if (Count == _pages.Count << PageShift)
            _pages.Add(new GraphRow[PageRows]);
        if (name.Length > 0)
        {
            while (_names.Count < Count)
                _names.Add("");
            _names.Add(name);
        }
        this[Count].Options = SubmitOptions.Default;
        return Count++;
    }

    /// <summary>Says what a task runs.</summary>
    public void SetCall(
        int task, FunctionDefinition function, ReadOnlySpan<byte> arguments, ReadOnlySpan<Dependency> dependencies,
        List<Upload> uploads, SubmitOptions options)
    {
        ref var row = ref this[task];
        row.Function = function;
        row.Options = options;
        row.Arguments = _arguments.Add(arguments);
        row.FirstInput = _inputs.Count;
        row.InputCount = dependencies.Length;
        foreach (var dependency in dependencies)
        {
            if (!dependency.IsOfGraph)
                _outer.Add(dependency);
            _inputs.Add(dependency.IsOfGraph ? dependency.Id.Index : ~(_outer.Count - 1));
        }
        _uploads.AddRange(uploads);
    }

    /// <summary>The task's name; empty if there is none.</summary>
    public string NameOf(int task) => task < _names.Count ? _names[task] : "";

    /// <summary>The name, or function and place, for errors.</summary>
    public string Describe(int task)
        => NameOf(task) is { Length: > 0 } name ? name : $"{this[task].Function?.Name ?? "task"} #{task}";

    /// <summary>The tasks that a task takes.</summary>
    public ReadOnlySpan<int> InputsOf(int task)
    {
        ref var row = ref this[task];
        return Inputs.Slice(row.FirstInput, row.InputCount);
    }

    /// <summary>A result of elsewhere, which stands below 0 among the inputs.</summary>
    public Dependency OuterOf(int input) => _outer[~input];
}
