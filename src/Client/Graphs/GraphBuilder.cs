namespace TaskGraph;

/// <summary>
/// Builds a graph of calls and submits it in one message: only the outputs that are asked for become futures, the
/// results between them live as long as they are needed. Tasks may be named (<see cref="SubmitOptions.Key"/>) and
/// referred to by name before they exist. For one thread.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly Client _client;
    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<string, GraphNode> _named = new(StringComparer.Ordinal);
    private bool _isSubmitted;

    /// <summary>An empty graph, to be submitted through <paramref name="client"/>.</summary>
    public GraphBuilder(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <summary>How many tasks the graph has.</summary>
    public int Count => _nodes.Count;

    /// <summary>The result of the task named <paramref name="name"/>, which may be added later.</summary>
    /// <exception cref="ArgumentException">The task of that name has another result type.</exception>
    public GraphTask<T> Task<T>(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_named.TryGetValue(name, out var node))
            node = NewNode(name, typeof(T));
        RequireType(node, typeof(T));
        return new GraphTask<T>(node);
    }

    /// <summary>Submits the graph; its only wanted result is <paramref name="output"/>.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public Future<T> Submit<T>(GraphTask<T> output) => Submit([output])[0];

    /// <summary>Submits the graph; wanted are <paramref name="outputs"/>, of one type.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public Future<T>[] Submit<T>(IEnumerable<GraphTask<T>> outputs)
    {
        GraphTask<T>[] wanted = [.. outputs];
        var handle = SubmitAll(Array.ConvertAll(wanted, static task => task.Node));
        return Array.ConvertAll(wanted, task => new Future<T>(handle, handle.Set.SlotOf(task.Node.Index)));
    }

    /// <summary>Submits the graph; wanted are <paramref name="outputs"/>, of any types.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public GraphFutures SubmitMany(IEnumerable<IGraphTask> outputs)
    {
        GraphNode[] wanted = [.. outputs.Select(NodeOf)];
        return new GraphFutures(SubmitAll(wanted));
    }

    internal GraphTask<R> AddCall<R>(Call call, SubmitOptions options)
    {
        RequireOpen();
        var name = options.Key ?? "";
        if (name.Length == 0 || !_named.TryGetValue(name, out var node))
            node = NewNode(name, typeof(R));
        if (node.Call is not null)
        {
            throw new ArgumentException(
                $"The graph has a task named '{name}' already. Names are unique.", nameof(options));
        }
        RequireType(node, typeof(R));
        node.Call = call;
        node.Options = options;
        return new GraphTask<R>(node);
    }

    private static GraphNode NodeOf(IGraphTask task) => ((IHasGraphNode)task).Node;

    private FutureHandle SubmitAll(GraphNode[] wanted)
    {
        RequireOpen();
        foreach (var node in _nodes)
        {
            if (node.Call is null)
                throw new ArgumentException($"The graph refers to a task named '{node.Name}', which was never added.");
        }
        foreach (var node in wanted)
        {
            if (!ReferenceEquals(node.Graph, this))
                throw new ArgumentException($"{node} belongs to another graph.", nameof(wanted));
        }
        var handle = _client.SubmitGraph(_nodes, wanted);
        _isSubmitted = true;
        return handle;
    }

    private GraphNode NewNode(string name, Type type)
    {
        RequireOpen();
        var node = new GraphNode(this, _nodes.Count, name, type);
        _nodes.Add(node);
        if (name.Length > 0)
            _named.Add(name, node);
        return node;
    }

    private void RequireOpen()
    {
        if (_isSubmitted)
            throw new InvalidOperationException("The graph has been submitted. Build a new one for further tasks.");
    }

    private static void RequireType(GraphNode node, Type type)
    {
        if (node.Type != type)
            throw new ArgumentException($"Task '{node.Name}' has a result of type {node.Type.Name}, not {type.Name}.");
    }

    private CallBuilder Call(Delegate function) => CallBuilder.Start(_client, this, function);
}
