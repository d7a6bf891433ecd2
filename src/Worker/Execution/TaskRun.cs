using System.Diagnostics.CodeAnalysis;
using TaskGraph.Messages;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Execution;

/// <summary>How far a run is.</summary>
internal enum RunState
{
    Queued,
    Started,
    Ended,
}

/// <summary>
/// One run of one task: what it needs, how far it is, how it ended, and the context that its code sees. It holds its
/// inputs, so they stay readable whatever the store drops.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer: there is nothing to dispose of.")]
internal sealed class TaskRun(IRunHost host, TaskFunction function) : TaskContext, IDependencyValues
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _cancellation;
    private List<ICommunicator>? _groups;
    private bool _isCancelRequested;
    private int _state;

    /// <summary>Row and serial in the machine.</summary>
    public int Row { get; init; }
    public int Serial { get; init; }

    public TaskId Task { get; init; }

    /// <summary>Smaller runs first.</summary>
    public long Priority { get; init; }

    /// <summary>Encoded arguments.</summary>
    public ReadOnlyMemory<byte> Arguments { get; init; }

    /// <summary>Values of the dependencies, in order.</summary>
    public StoredValue[] Inputs { get; init; } = [];

    /// <summary>Milliseconds the run may take, 0 = no limit.</summary>
    public int TimeoutMs { get; init; }

    /// <summary>Whether a small value is to be encoded at once.</summary>
    public bool IsInlineWanted { get; init; }

    /// <summary>Whether the value is an actor, which stays here.</summary>
    public bool IsActor { get; init; }

    /// <summary>The actor that the run has made, or whose method it is.</summary>
    public object? ActorInstance { get; set; }

    /// <summary>The user's name for the task in UTF-8; empty = none.</summary>
    public ReadOnlyMemory<byte> NameUtf8 { get; init; }

    public TaskFunction Function => function;

    public RunState State => (RunState)Volatile.Read(ref _state);

    /// <summary>Set when the run has ended; see <see cref="Error"/> for failure.</summary>
    public StoredValue? Result { get; set; }
    public byte[]? Inline { get; set; }
    public int DurationUs { get; set; }
    public TaskError? Error { get; set; }

    /// <summary>When the function was called, in Stopwatch ticks.</summary>
    public long StartedTicks { get; set; }

    /// <summary>The executor's bookkeeping, under its lock.</summary>
    public TaskExecutor? Executor { get; set; }
    public bool HoldsSlot { get; set; }
    public bool IsOnThread { get; set; }
    public bool IsThreadReplaced { get; set; }
    public bool IsAbandoned { get; set; }
    public int BoardEntry { get; set; }

    /// <summary>Whether its time limit has passed.</summary>
    public bool IsOverdue { get; set; }
    public Timer? Timer { get; set; }
    public Timer? GraceTimer { get; set; }

    public bool IsCancelRequested => Volatile.Read(ref _isCancelRequested);

    public override string Key => NameUtf8.IsEmpty
        ? $"{function.Name}-{Task}"
        : System.Text.Encoding.UTF8.GetString(NameUtf8.Span);

    public override string WorkerAddress => host.WorkerAddress;

    public override string WorkerName => host.WorkerName;

    public override string SchedulerAddress => host.SchedulerAddress;

    /// <summary>Characters of an error's texts at most.</summary>
    public int MaxErrorLength => host.MaxErrorLength;

    public override IReadOnlyList<RunningTask> RunningTasks => host.RunningTasks;

    public override CancellationToken Cancellation
    {
        get
        {
            lock (_gate)
            {
                if (_cancellation is null)
                {
                    _cancellation = new CancellationTokenSource();
                    if (_isCancelRequested)
                        _cancellation.Cancel();
                }

                return _cancellation.Token;
            }
        }
    }

    /// <summary>Moves on; false = somebody else was faster.</summary>
    public bool TryMove(RunState from, RunState to) =>
        Interlocked.CompareExchange(ref _state, (int)to, (int)from) == (int)from;

    /// <summary>
    /// Cancels the token. User callbacks run on a pool thread, and what they throw concerns nobody here.
    /// </summary>
    public void RequestCancel()
    {
        CancellationTokenSource? cancellation;
        lock (_gate)
        {
            _isCancelRequested = true;
            cancellation = _cancellation;
        }

        if (cancellation is not null)
            ThreadPool.UnsafeQueueUserWorkItem(static at => CancelQuietly(at), cancellation, preferLocal: false);
    }

    public override void Secede() => Executor?.Secede(this);

    public override Task RejoinAsync(CancellationToken cancellationToken = default) =>
        Executor?.RejoinAsync(this, cancellationToken) ?? System.Threading.Tasks.Task.CompletedTask;

    public override void Report(ReadOnlyMemory<byte> bytes) => host.Report(Task, bytes);

    protected override void SendEvent(string topic, byte[] value) => host.LogEvent(topic, value);

    public override async Task<ICommunicator> JoinGroupAsync(
        GroupSpec spec, CancellationToken cancellationToken = default)
    {
        var token = cancellationToken.CanBeCanceled ? cancellationToken : Cancellation;
        var group = await host.JoinGroupAsync(spec, token).ConfigureAwait(false);
        lock (_gate)
            (_groups ??= []).Add(group);
        if (State == RunState.Ended)
            LeaveGroups();
        return group;
    }

    /// <summary>
    /// After the end: a member that failed must not keep the others waiting. Leaving twice does no harm.
    /// </summary>
    public void LeaveGroups()
    {
        List<ICommunicator>? groups;
        lock (_gate)
            (groups, _groups) = (_groups, null);
        foreach (var group in groups ?? [])
            _ = group.DisposeAsync().AsTask();
    }

    public override TaskId? ActorId => ActorInstance is null ? null : Task;

    object? IDependencyValues.Actor => ActorInstance;

    object? IDependencyValues.Get(int ordinal, PayloadCodec codec)
    {
        if ((uint)ordinal >= (uint)Inputs.Length)
            throw new ArgumentsNotDecodedException($"it names input {ordinal} of {Inputs.Length}");
        try
        {
            return Inputs[ordinal].Get(codec);
        }
        catch (Exception e) when (e is MessagePackException or NotSerializableException)
        {
            throw new ArgumentsNotDecodedException(
                $"input {ordinal} (task {Inputs[ordinal].Task}) is no {codec.ValueType}: {e.Message}", e);
        }
    }

    private static void CancelQuietly(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // A callback that the user's code registered threw: the run is being given up anyway.
        }
    }
}
