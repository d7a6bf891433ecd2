namespace TaskGraph;

/// <summary>
/// A result that exists on the cluster, or will. Await it for the value, pass it as an argument of further calls, or
/// drop it: when the last future of a task is disposed of or collected, the cluster may forget the task and cancel
/// it if it has not run (see <see cref="Client.FireAndForget"/>). Safe for concurrent use.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
[PayloadCodec(typeof(FutureCodec<>))]
[NotCapturable("pass it as an argument of Submit, and take its value as a parameter")]
public sealed class Future<T> : Arg<T>, IFuture, IHasFutureHandle
{
    private readonly FutureHandle _handle;
    private readonly int _slot;
    private volatile bool _hasValue;
    private T? _value;

    internal Future(FutureHandle handle, int slot)
    {
        _handle = handle;
        _slot = slot;
    }

    /// <inheritdoc/>
    public TaskId Id => _handle.Set.IdOf(_slot);

    /// <inheritdoc/>
    public string Key => _handle.Set.KeyOf(_slot);

    /// <inheritdoc/>
    public FutureStatus Status => _handle.Set.StatusOf(_slot);

    /// <inheritdoc/>
    public bool IsCompleted => Status != FutureStatus.Pending;

    /// <inheritdoc/>
    public Client Client => _handle.Client;

    (FutureHandle Handle, int Slot) IHasFutureHandle.Place => (_handle, _slot);

    internal FutureHandle Handle => _handle;

    internal int Slot => _slot;

    /// <summary>Awaits the value, as <see cref="ResultAsync(CancellationToken)"/> does.</summary>
    public System.Runtime.CompilerServices.TaskAwaiter<T> GetAwaiter() => ResultAsync().GetAwaiter();

    /// <summary>The value, once it exists; fetched from the worker that holds it, and kept.</summary>
    /// <exception cref="TaskFailedException">The task, or one that it depends on, has failed.</exception>
    /// <exception cref="TaskCancelledException">The task was cancelled.</exception>
    /// <exception cref="TaskLostException">The value is gone and cannot be computed again.</exception>
    /// <exception cref="SchedulerLostException">There is no scheduler any more.</exception>
    public Task<T> ResultAsync(CancellationToken cancellationToken = default)
        => _hasValue ? Task.FromResult(_value!) : FetchAsync(cancellationToken);

    /// <summary>The value, if it can be had within <paramref name="timeout"/>; the task goes on if not.</summary>
    /// <exception cref="TimeoutException">It could not.</exception>
    public async Task<T> ResultAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        try
        {
            return await ResultAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
            when (e is not TaskCancelledException && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Key} had no value within {timeout}; it is {Status}.", e);
        }
    }

    /// <summary>Waits until the task has ended, and says why it failed; null if it did not.</summary>
    public async Task<Exception?> ExceptionAsync(CancellationToken cancellationToken = default)
    {
        await Client.SettledAsync(_handle, _slot, cancellationToken).ConfigureAwait(false);
        return Client.FailureOf(_handle.Set, _slot);
    }

    /// <summary>
    /// Gives the task up, with everything that depends on it; running functions see their cancellation token.
    /// </summary>
    /// <param name="reason">Shown to everybody who waits for the task.</param>
    /// <param name="cancellationToken">Stops waiting; it is given up all the same.</param>
    public Task CancelAsync(string reason = "", CancellationToken cancellationToken = default)
        => Client.CancelAsync([this], reason, cancellationToken: cancellationToken);

    /// <summary>
    /// Runs the failed task again, beginning with the inputs that failed first; completes when it is under way.
    /// </summary>
    /// <exception cref="TaskGraphException">The task has not failed, or has nothing that could be run again.</exception>
    public Task RetryAsync(CancellationToken cancellationToken = default)
        => Client.RetryAsync([this], cancellationToken);

    /// <summary>
    /// What the running task reports (<see cref="TaskContext.Report"/>), in order, until it ends. For one reader; the
    /// last 4,096 reports are kept until they are read.
    /// </summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> Reports(CancellationToken cancellationToken = default)
        => Client.ReportsAsync(_handle, _slot, cancellationToken);

    /// <summary>Gives this result up: the cluster may forget it.</summary>
    public void Dispose() => Client.Release(_handle.Set, _slot);

    /// <summary>Key, status and type.</summary>
    public override string ToString() => $"Future<{typeof(T).Name}> {Key} ({Status})";

    internal override void AddTo(CallBuilder call) => call.Dependency(_handle, _slot);

    /// <summary>Decodes and keeps the value.</summary>
    internal T Accept(in Payload payload)
    {
        var value = Client.Decode<T>(payload);
        if (value is IActorHandle actor)
        {
            // Not kept: after a retry the future stands for another actor.
            actor.Bind(Client, _handle, _slot);
            return value;
        }
        _value = value;
        _hasValue = true;
        return value;
    }

    /// <summary>The value if it has been decoded before.</summary>
    internal bool TryGetValue(out T value)
    {
        value = _value!;
        return _hasValue;
    }

    private async Task<T> FetchAsync(CancellationToken cancellationToken)
    {
        await Client.SettledAsync(_handle, _slot, cancellationToken).ConfigureAwait(false);
        var payload = await Client.FetchAsync(_handle.Set, _slot, cancellationToken).ConfigureAwait(false);
        GC.KeepAlive(_handle);
        return Accept(payload);
    }
}
