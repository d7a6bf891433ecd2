using System.Reflection;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>
/// Writes one call, argument by argument, as it will travel: what cannot travel is refused here, before anything is
/// sent. One per thread is kept and used again.
/// </summary>
internal sealed class CallBuilder
{
    private const int KindBytes = 1;
    private const int MaxKeptDependencies = 4096;

    [ThreadStatic]
    private static CallBuilder? s_spare;

    private readonly ByteBuffer _arguments = new();
    private readonly List<Dependency> _dependencies = [];
    private readonly List<Upload> _uploads = [];
    private readonly List<FutureHandle> _handles = [];
    private readonly Action<FutureHandle, int> _noteInside;
    private Client _client = null!;
    private GraphBuilder? _graph;
    private byte[] _lastArguments = [];
    private MethodInfo _method = null!;
    private FunctionDefinition _function = null!;
    private int _parameter;

    private CallBuilder() => _noteInside = NoteInside;

    /// <summary>
    /// Starts a call of <paramref name="function"/>, for <paramref name="graph"/> or to be submitted at once.
    /// </summary>
    public static CallBuilder Start(
        Client client, GraphBuilder? graph, Delegate function, bool resultStays = false)
    {
        var call = s_spare ?? new CallBuilder();
        s_spare = null;
        call._client = client;
        call._graph = graph;
        call._function = client.Encode(function, resultStays);
        call._method = function.Method;
        call._parameter = 0;
        call._arguments.CutTo(0);
        call._dependencies.Clear();
        call._uploads.Clear();
        return call;
    }

    /// <summary>The next argument is this value.</summary>
    public CallBuilder Value<T>(T value)
    {
        if (typeof(T) == typeof(CancellationToken))
        {
            var token = new ArgumentWriter(_arguments);
            token.CancellationToken();
            token.Flush();
            _parameter++;
            return this;
        }
        if (value is IFuture or IGraphTask)
            throw RefuseFuture(typeof(T));
        if (value is IActorHandle { Future: { } actor } && ReferenceEquals(actor.Handle.Client, _client))
        {
            // The task then keeps the actor alive, as any result that it takes.
            Dependency(actor.Handle, actor.Slot);
            return this;
        }
        var start = _arguments.Count;
        WriteValue(value);
        var contentStart = start + KindBytes;
        var bytes = _arguments.Count - contentStart;
        if (bytes > _client.LargeArgumentBytes)
            _client.WarnOfLargeArgument(ParameterName(_parameter), _function.Name, bytes);
        if (bytes > Client.MaxInlineArgumentBytes)
        {
            var id = new TaskId(_client.NewSubmission(), 0);
            var upload = new Upload(id, _arguments.Written[contentStart..].ToArray());
            _arguments.CutTo(start);
            _uploads.Add(upload);
            WriteDependency(new Dependency(upload.Id, upload));
        }
        _parameter++;
        return this;
    }

    /// <summary>The next argument is what <paramref name="argument"/> stands for.</summary>
    public CallBuilder Bind<T>(Arg<T> argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        argument.AddTo(this);
        return this;
    }

    /// <summary>The next argument is a future's value.</summary>
    public void Dependency(FutureHandle handle, int slot)
    {
        WriteDependency(Of(handle, slot));
        _parameter++;
    }

    /// <summary>The next argument is the result of a task of the same graph.</summary>
    public void Dependency(GraphBuilder graph, int index)
    {
        WriteDependency(Of(graph, index));
        _parameter++;
    }

    /// <summary>The next argument is a sequence of results.</summary>
    public void Sequence<T>(IEnumerable<Arg<T>> results)
    {
        ReadOnlySpan<Arg<T>> all = results as Arg<T>[] ?? results.ToArray();
        var first = _dependencies.Count;
        _dependencies.EnsureCapacity(first + all.Length);

        // As long as results come in the order of their tasks, none can have come before: nothing is looked up.
        var known = first == 0 ? null : KnownDependencies();
        List<int>? ordinals = null;
        foreach (var result in all)
        {
            var dependency = result switch
            {
                Future<T> future => Of(future.Handle, future.Slot),
                GraphTask<T> task => Of(task.Graph, task.Index),
                _ => throw new ArgumentException(
                    "A sequence of results holds futures and graph tasks only.", nameof(results)),
            };
            if (known is null && (_dependencies.Count == 0 || dependency.Follows(_dependencies[^1])))
            {
                _dependencies.Add(dependency);
                continue;
            }
            known ??= KnownDependencies();
            ordinals ??= [.. Enumerable.Range(first, _dependencies.Count - first)];
            if (known.TryAdd(dependency, _dependencies.Count))
                _dependencies.Add(dependency);
            ordinals.Add(known[dependency]);
        }
        WriteSequence(first, ordinals);
        _parameter++;
    }

    /// <summary>Sends the call.</summary>
    public Future<R> Submit<R>(SubmitOptions? options)
    {
        var future = _client.SubmitCall<R>(End(), _client.OptionsOf(options));
        // The futures among the arguments may be collected only now that the scheduler knows of the dependency.
        GC.KeepAlive(_handles);
        _handles.Clear();
        return future;
    }

    /// <summary>Adds the call to the graph.</summary>
    public GraphTask<R> Add<R>(SubmitOptions? options)
    {
        var task = _graph!.AddCall<R>(
            _function, _arguments.Written, CollectionsMarshal.AsSpan(_dependencies), _uploads,
            _client.OptionsOf(options));
        _handles.Clear();
        Rest();
        return task;
    }

    private Call End()
    {
        // Calls that take results alone have the same few bytes, one after the other.
        if (!_arguments.Written.SequenceEqual(_lastArguments))
            _lastArguments = _arguments.Written.ToArray();
        var call = new Call(
            _function, _lastArguments, _dependencies.Count == 0 ? [] : [.. _dependencies],
            _uploads.Count == 0 ? [] : [.. _uploads]);
        Rest();
        return call;
    }

    /// <summary>A thread that submits nothing more must not keep futures alive.</summary>
    private void Rest()
    {
        _dependencies.Clear();
        _uploads.Clear();
        if (_dependencies.Capacity <= MaxKeptDependencies)
            s_spare = this;
    }

    private Dictionary<Dependency, int> KnownDependencies()
    {
        var known = new Dictionary<Dependency, int>();
        for (var i = 0; i < _dependencies.Count; i++)
            known.Add(_dependencies[i], i);
        return known;
    }

    /// <summary>A future inside a value: an input of the task, so that it is there as long as the task needs it.</summary>
    private void NoteInside(FutureHandle handle, int slot)
    {
        var dependency = Of(handle, slot);
        if (!_dependencies.Contains(dependency))
            _dependencies.Add(dependency);
    }

    private void WriteValue<T>(T value)
    {
        using FutureTransit.Scope? transit = FutureTransit.MayBeIn<T>() ? FutureTransit.Send(_noteInside) : null;
        var writer = new ArgumentWriter(_arguments);
        try
        {
            writer.Value(value, PayloadCodecs.For<T>());
            writer.Flush();
        }
        catch (NotSerializableException)
        {
            // Says the same with the whole path to the member at fault.
            _ = PayloadCodecs.Encode(value);
            throw;
        }
    }

    private Dependency Of(FutureHandle handle, int slot)
    {
        if (!ReferenceEquals(handle.Client, _client))
        {
            throw new ArgumentException(
                $"Argument '{ParameterName(_parameter)}' is a future of another client. "
                + "Submit it through the client that holds it.");
        }
        if (_handles.Count == 0 || !ReferenceEquals(_handles[^1], handle))
            _handles.Add(handle);
        return new Dependency(handle.Set.IdOf(slot), handle);
    }

    private Dependency Of(GraphBuilder graph, int index)
    {
        if (_graph is null || !ReferenceEquals(graph, _graph))
        {
            throw new ArgumentException(
                $"Argument '{ParameterName(_parameter)}' is a task of "
                + $"{(_graph is null ? "a graph" : "another graph")}. "
                + "Submit the graph first and pass the future, or add this call to the same graph.");
        }
        return new Dependency(new TaskId(0, index), graph);
    }

    private void WriteDependency(Dependency dependency)
    {
        var ordinal = _dependencies.IndexOf(dependency);
        if (ordinal < 0)
        {
            ordinal = _dependencies.Count;
            _dependencies.Add(dependency);
        }
        var writer = new ArgumentWriter(_arguments);
        writer.Dependency(ordinal);
        writer.Flush();
    }

    /// <summary>The usual case is short: each result once, none named by an argument before.</summary>
    private void WriteSequence(int first, List<int>? ordinals)
    {
        var isRun = true;
        for (var i = 0; i < ordinals?.Count; i++)
            isRun &= ordinals[i] == first + i;
        var writer = new ArgumentWriter(_arguments);
        if (isRun || ordinals is null)
            writer.Dependencies(first, ordinals?.Count ?? _dependencies.Count - first);
        else
            writer.Dependencies(CollectionsMarshal.AsSpan(ordinals));
        writer.Flush();
    }

    private string ParameterName(int index)
    {
        var parameters = _method.GetParameters();
        // Closed static methods carry their first parameter as the delegate's target.
        var shift = parameters.Length - _function.ParameterTypes.Count;
        return (uint)(index + shift) < (uint)parameters.Length
            ? parameters[index + shift].Name ?? $"{index + 1}"
            : $"{index + 1}";
    }

    private NotSerializableException RefuseFuture(Type type) => new(
        type, $"{_function.Name}({ParameterName(_parameter)})",
        "a future stands for a result on the cluster and is no value itself; let the function take the result's type "
        + "and pass the future in its place, or Arg.All(futures) for several");
}
