using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

/// <summary>
/// Writes tasks into the columns of a submission, in chunks that fit into frames. Columns that hold only defaults
/// stay empty: they cost a byte on the wire.
/// </summary>
internal sealed class SubmissionWriter(ulong submission, KeyForm keyForm)
{
    /// <summary>Bytes of a row beside its arguments and dependencies, roughly.</summary>
    private const int RowBytes = 24;

    private const int DependencyBytes = 4;
    private const int MaxRowsPerChunk = 1 << 15;

    /// <summary>A task with more inputs names the first ones in chunks ahead of its own.</summary>
    private const int MaxInputsPerChunk = 1 << 15;

    private const int MaxArgumentBytes = Protocol.MaxControlFrameBytes / 2;

    private readonly List<Message> _chunks = [];
    private readonly Dictionary<Hash128, FunctionDefinition> _functions = [];
    private readonly Dictionary<Hash128, int> _functionIndex = [];
    private SubmitTasks _chunk = new() { Submission = submission, KeyForm = keyForm };
    private FunctionDefinition? _lastFunction;
    private int _lastFunctionIndex;
    private SubmitOptions? _lastOptions;
    private int _restriction = -1;
    private IReadOnlyDictionary<string, double>? _lastResources;
    private int _resources = -1;
    private int _chunkBytes;
    private SpansNoted? _spans;

    /// <summary>How many tasks have been written.</summary>
    public int Count => _chunk.FirstIndex + _chunk.Count;

    /// <summary>The submission's number.</summary>
    public ulong Id => submission;

    /// <summary>Chunks that are finished.</summary>
    public List<Message> Finished => _chunks;

    /// <summary>The functions that its tasks call so far.</summary>
    public IEnumerable<FunctionDefinition> Functions => _functions.Values;

    /// <summary>What has been sent already.</summary>
    public SaidAhead SaidAhead { get; set; }

    /// <summary>
    /// Whether there are finished chunks that may be sent before the rest is written: where no key is shared, as those
    /// are compared when all is there.
    /// </summary>
    public bool HasMoreToSay => keyForm == KeyForm.Unique && _chunks.Count > SaidAhead.Chunks;

    /// <summary>Starts a task; its dependencies and key follow.</summary>
    public void BeginTask(
        FunctionDefinition function, ReadOnlySpan<byte> arguments, int dependencyCount, int order, bool isWanted,
        SubmitOptions options)
    {
        var bytes = RowBytes + arguments.Length + (DependencyBytes * dependencyCount);
        RequireSize(function, arguments.Length);
        var isFull = _chunkBytes + bytes > Protocol.MaxChunkBytes || _chunk.Count == MaxRowsPerChunk
            || dependencyCount > MaxInputsPerChunk;
        if (_chunk.Count > 0 && isFull)
            NextChunk();
        _chunkBytes += bytes;
        if (options.Span is not null || _spans is not null)
            NoteSpan(options.Span ?? "");
        var row = _chunk.Count++;
        _chunk.FunctionIndex.Add(IndexOf(function));
        _chunk.Arguments.Add(arguments);
        _chunk.Order.Add(order);
        var flags = (isWanted ? SubmitFlags.Wanted : 0)
            | (options.AllowOtherWorkers ? SubmitFlags.AllowOtherWorkers : 0)
            | (options.IsActor ? SubmitFlags.Actor : 0)
            | (options.Speculate && options.Pure ? SubmitFlags.Speculate : 0);
        _chunk.Flags.Add((byte)flags);
        _chunk.DependencyEnds.Add(_chunk.Dependencies.Count);
        Put(_chunk.UserPriority, row, options.Priority, 0);
        Put(_chunk.Retries, row, options.Retries, 0);
        Put(_chunk.TimeoutMs, row, options.TimeoutMs, 0);
        Put(_chunk.RestrictionIndex, row, RestrictionOf(options), -1);
        Put(_chunk.ResourceIndex, row, ResourcesOf(options), -1);
    }

    /// <summary>A dependency of the task begun last.</summary>
    public void AddDependency(TaskId task)
    {
        if (_chunk.Dependencies.Count >= MaxInputsPerChunk && _chunk.Count == 1)
            SendInputsAhead();
        _chunk.Dependencies.Add(task);
        _chunk.DependencyEnds[_chunk.Count - 1] = _chunk.Dependencies.Count;
    }

    /// <summary>The key of the task begun last, where keys are hashes.</summary>
    public void AddKey(Hash128 key) => _chunk.KeyHashes.Add(key);

    /// <summary>The key of the task begun last, where keys are names.</summary>
    public void AddKey(ReadOnlySpan<byte> name)
    {
        _chunkBytes += name.Length;
        _chunk.KeyNames.Add(name);
    }

    /// <summary>The chunks, for <see cref="KeyForm.Range"/> all with their common key.</summary>
    public Submission End(Hash128 rangeKey = default)
    {
        Close(isLast: true);
        foreach (var chunk in _chunks)
            ((SubmitTasks)chunk).RangeKey = rangeKey;
        return new Submission(submission, [.. _chunks], [.. _functions.Values])
        {
            SaidAhead = SaidAhead,
            Spans = _spans,
        };
    }

    /// <summary>All argument bytes written so far, chunk by chunk, for the hash of a range.</summary>
    public IEnumerable<BlobColumn> ArgumentColumns
    {
        get
        {
            foreach (var chunk in _chunks)
                yield return ((SubmitTasks)chunk).Arguments;
            yield return _chunk.Arguments;
        }
    }

    private void NoteSpan(string path)
    {
        _spans ??= new SpansNoted { Submission = submission };
        if (_spans.Paths.Count > 0 && _spans.Paths[^1] == path)
            return;
        _spans.First.Add(Count);
        _spans.Paths.Add(path);
    }

    /// <summary>What the chunk's only task names so far goes into a chunk of its own.</summary>
    private void SendInputsAhead()
    {
        var ahead = new SubmitTasks
        {
            Submission = submission,
            KeyForm = keyForm,
            FirstIndex = _chunk.FirstIndex,
            InputsBefore = _chunk.InputsBefore,
        };
        ahead.InputsAhead.AddRange(_chunk.Dependencies.Span);
        _chunks.Add(ahead);
        _chunk.InputsBefore += _chunk.Dependencies.Count;
        _chunkBytes -= DependencyBytes * _chunk.Dependencies.Count;
        _chunk.Dependencies.Clear();
        _chunk.DependencyEnds[0] = 0;
    }

    private static void RequireSize(FunctionDefinition function, int bytes)
    {
        if (bytes <= MaxArgumentBytes)
            return;
        throw new MessageTooLargeException(
            $"The arguments of one call of {function.Name} take {bytes:N0} bytes beside what is sent ahead; at most "
            + $"{MaxArgumentBytes:N0} fit. Pass a large value as one argument (it then travels by itself), and long "
            + "lists of results without repetition, or combine them in several steps.");
    }

    private void NextChunk()
    {
        var next = _chunk.FirstIndex + _chunk.Count;
        Close(isLast: false);
        _chunk = new SubmitTasks { Submission = submission, KeyForm = keyForm, FirstIndex = next };
        _functionIndex.Clear();
        _lastFunction = null;
        _lastOptions = null;
        _lastResources = null;
        _chunkBytes = 0;
    }

    private void Close(bool isLast)
    {
        _chunk.IsLast = isLast;
        Pad(_chunk.UserPriority, 0);
        Pad(_chunk.Retries, 0);
        Pad(_chunk.TimeoutMs, 0);
        Pad(_chunk.RestrictionIndex, -1);
        Pad(_chunk.ResourceIndex, -1);
        _chunks.Add(_chunk);
    }

    private int IndexOf(FunctionDefinition function)
    {
        if (ReferenceEquals(function, _lastFunction))
            return _lastFunctionIndex;
        _lastFunction = function;
        if (_functionIndex.TryGetValue(function.Id, out _lastFunctionIndex))
            return _lastFunctionIndex;
        var index = _lastFunctionIndex = _chunk.Functions.Count;
        _chunk.Functions.Add(function.Id);
        _functionIndex.Add(function.Id, index);
        _functions.TryAdd(function.Id, function);
        return index;
    }

    private int RestrictionOf(SubmitOptions options)
    {
        if (options.Workers is not { Count: > 0 } workers)
            return -1;
        if (!ReferenceEquals(options, _lastOptions))
        {
            _lastOptions = options;
            _restriction = _chunk.Restrictions.Count;
            _chunk.Restrictions.Add([.. workers]);
        }
        return _restriction;
    }

    private int ResourcesOf(SubmitOptions options)
    {
        if (options.Resources is not { Count: > 0 } resources)
            return -1;
        if (!ReferenceEquals(resources, _lastResources))
        {
            _lastResources = resources;
            _resources = _chunk.ResourceSets.Count;
            _chunk.ResourceSets.Add([.. resources.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair => new ResourceAmount(pair.Key, pair.Value))]);
        }
        return _resources;
    }

    private static void Put(MessageColumn<int> column, int row, int value, int missing)
    {
        if (value == missing && column.Count == 0)
            return;
        while (column.Count < row)
            column.Add(missing);
        column.Add(value);
    }

    private void Pad(MessageColumn<int> column, int missing)
    {
        while (column.Count > 0 && column.Count < _chunk.Count)
            column.Add(missing);
    }
}
