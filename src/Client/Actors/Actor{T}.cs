namespace TaskGraph;

/// <summary>
/// An object that lives on one worker and keeps its state between calls; see <see cref="Client.SubmitActor{T}(Func{T},
/// SubmitOptions?)"/>. Calls are sent straight to the worker; those of one client run in the order in which they were
/// made, and all calls of an actor run one at a time. The actor lives as long as somebody holds its future, and this
/// object holds it if it came from one. It may be passed to tasks as an argument. Safe for concurrent use.
/// </summary>
/// <typeparam name="T">The type of the object.</typeparam>
[PayloadCodec(typeof(ActorCodec<>))]
public sealed class Actor<T> : IActorHandle
    where T : class
{
    private readonly ActorReference _reference;
    private Client? _client;
    private FutureHandle? _future;
    private int _slot;

    internal Actor(ActorReference reference) => _reference = reference;

    /// <summary>The task that created the actor.</summary>
    public TaskId Id => _reference.Id;

    /// <summary>The key of that task.</summary>
    public string Key => _reference.Key;

    /// <summary>The address of the worker on which it lives.</summary>
    public string WorkerAddress => _reference.WorkerAddress;

    internal ActorReference Reference => _reference;

    (FutureHandle Handle, int Slot)? IActorHandle.Future => _future is { } handle ? (handle, _slot) : null;

    /// <summary>Calls a method, or reads a field: <c>counter.CallAsync(c => c.Increment())</c>.</summary>
    /// <param name="method">What to do with the object, on its worker.</param>
    /// <param name="cancellationToken">Stops waiting; the call is carried out all the same.</param>
    /// <exception cref="TaskFailedException">The method threw.</exception>
    /// <exception cref="ActorLostException">The actor is gone; the call may have been carried out or not.</exception>
    /// <exception cref="SchedulerLostException">There is no scheduler any more; it may have been carried out or not.</exception>
    public Task<R> CallAsync<R>(Func<T, R> method, CancellationToken cancellationToken = default)
        => SendAsync<R>(method, ActorArguments.None, cancellationToken);

    /// <inheritdoc cref="CallAsync{R}(Func{T, R}, CancellationToken)"/>
    public Task<R> CallAsync<R>(Func<T, Task<R>> method, CancellationToken cancellationToken = default)
        => SendAsync<R>(method, ActorArguments.None, cancellationToken);

    /// <inheritdoc cref="CallAsync{R}(Func{T, R}, CancellationToken)"/>
    public Task CallAsync(Action<T> method, CancellationToken cancellationToken = default)
        => SendAsync<Unit>(method, ActorArguments.None, cancellationToken);

    /// <inheritdoc cref="CallAsync{R}(Func{T, R}, CancellationToken)"/>
    public Task CallAsync(Func<T, Task> method, CancellationToken cancellationToken = default)
        => SendAsync<Unit>(method, ActorArguments.None, cancellationToken);

    /// <summary>Calls a method with an argument, which travels beside the code: for large ones.</summary>
    /// <param name="method">What to do with the object and the argument, on its worker.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Stops waiting; the call is carried out all the same.</param>
    /// <exception cref="TaskFailedException">The method threw.</exception>
    /// <exception cref="ActorLostException">The actor is gone; the call may have been carried out or not.</exception>
    public Task<R> CallAsync<A, R>(Func<T, A, R> method, A argument, CancellationToken cancellationToken = default)
        => SendAsync<R>(method, ActorArguments.Of(argument), cancellationToken, argument);

    /// <inheritdoc cref="CallAsync{A, R}(Func{T, A, R}, A, CancellationToken)"/>
    public Task<R> CallAsync<A, R>(
        Func<T, A, Task<R>> method, A argument, CancellationToken cancellationToken = default)
        => SendAsync<R>(method, ActorArguments.Of(argument), cancellationToken, argument);

    /// <inheritdoc cref="CallAsync{A, R}(Func{T, A, R}, A, CancellationToken)"/>
    public Task CallAsync<A>(Action<T, A> method, A argument, CancellationToken cancellationToken = default)
        => SendAsync<Unit>(method, ActorArguments.Of(argument), cancellationToken, argument);

    /// <inheritdoc cref="CallAsync{A, R}(Func{T, A, R}, A, CancellationToken)"/>
    public Task CallAsync<A>(Func<T, A, Task> method, A argument, CancellationToken cancellationToken = default)
        => SendAsync<Unit>(method, ActorArguments.Of(argument), cancellationToken, argument);

    /// <summary>Type, key and worker.</summary>
    public override string ToString() => $"Actor<{typeof(T).Name}> {Key} on {WorkerAddress}";

    void IActorHandle.Bind(Client client, FutureHandle future, int slot)
        => (_client, _future, _slot) = (client, future, slot);

    private async Task<R> SendAsync<R>(
        Delegate method, byte[] arguments, CancellationToken cancellationToken, object? keptAlive = null)
    {
        var client = _client ?? Client.Current ?? throw new InvalidOperationException(
            $"There is no client through which {Key} could be called: connect one first.");
        var value = await client.CallActorAsync<R>(_reference, method, arguments, cancellationToken)
            .ConfigureAwait(false);
        // Futures inside the argument are the actor's when it has answered.
        GC.KeepAlive(keptAlive);
        GC.KeepAlive(this);
        return value;
    }
}
