namespace TaskGraph;

/// <summary>
/// Builds a graph of calls and submits it in one message: only the outputs that are asked for become futures, the
/// results between them live as long as they are needed. Tasks may be named (<see cref="SubmitOptions.Key"/>) and
/// referred to by name before they exist. For one thread.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly Client _client;
    private readonly Dictionary<string, (int Index, Type Type)> _named = new(StringComparer.Ordinal);
    private bool _isSubmitted;

    /// <summary>An empty graph, to be submitted through <paramref name="client"/>.</summary>
    public GraphBuilder(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <summary>How many tasks the graph has.</summary>
    public int Count => Table.Count;

    internal GraphTable Table { get; } = new();

    /// <summary>The result of the task named <paramref name="name"/>, which may be added later.</summary>
    /// <exception cref="ArgumentException">The task of that name has another result type.</exception>
    public GraphTask<T> Task<T>(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new GraphTask<T>(this, Named(name, typeof(T)));
    }

    /// <summary>Submits the graph; its only wanted result is <paramref name="output"/>.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public Future<T> Submit<T>(GraphTask<T> output) => Submit([output])[0];

    /// <summary>Submits the graph; wanted are <paramref name="outputs"/>, of one type.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public Future<T>[] Submit<T>(IEnumerable<GraphTask<T>> outputs)
    {
        GraphTask<T>[] wanted = [.. outputs];
        var handle = SubmitAll(wanted);
        return Array.ConvertAll(wanted, task => new Future<T>(handle, handle.Set.SlotOf(task.Index)));
    }

    /// <summary>Submits the graph; wanted are <paramref name="outputs"/>, of any types.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public GraphFutures SubmitMany(IEnumerable<IGraphTask> outputs)
    {
        return new GraphFutures(SubmitAll([.. outputs.Cast<IGraphRow>()]));
    }

    internal GraphTask<R> AddCall<R>(
        FunctionDefinition function, ReadOnlySpan<byte> arguments, ReadOnlySpan<Dependency> dependencies,
        List<Upload> uploads, SubmitOptions options)
    {
        RequireOpen();
        var name = options.Key ?? "";
        var index = name.Length == 0 ? Table.Add(name) : Named(name, typeof(R));
        if (Table[index].Function is not null)
        {
            throw new ArgumentException(
                $"The graph has a task named '{name}' already. Names are unique.", nameof(options));
        }
        Table.SetCall(index, function, arguments, dependencies, uploads, options);
        return new GraphTask<R>(this, index);
    }

    private FutureHandle SubmitAll(IGraphRow[] wanted)
    {
        RequireOpen();
        for (var i = 0; i < Table.Count; i++)
        {
            if (Table[i].Function is null)
                throw new ArgumentException($"The graph refers to a task named '{Table.NameOf(i)}', which was never added.");
        }
        foreach (var task in wanted)
        {
            if (!ReferenceEquals(task.Graph, this))
                throw new ArgumentException($"{task} belongs to another graph.", nameof(wanted));
        }
        var handle = _client.SubmitGraph(Table, Array.ConvertAll(wanted, static task => task.Index));
        _isSubmitted = true;
        return handle;
    }

    /// <summary>The task of that name; a new row if there is none.</summary>
    private int Named(string name, Type type)
    {
        if (!_named.TryGetValue(name, out var known))
        {
            RequireOpen();
            known = (Table.Add(name), type);
            _named.Add(name, known);
        }
        if (known.Type != type)
            throw new ArgumentException($"Task '{name}' has a result of type {known.Type.Name}, not {type.Name}.");
        return known.Index;
    }

    private void RequireOpen()
    {
        if (_isSubmitted)
            throw new InvalidOperationException("The graph has been submitted. Build a new one for further tasks.");
    }

    private CallBuilder Call(Delegate function) => CallBuilder.Start(_client, this, function);
}
