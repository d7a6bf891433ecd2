using TaskGraph.Messages;

namespace TaskGraph;

// Functions on workers, outside the task system.
public sealed partial class Client
{
    /// <summary>
    /// Runs a function once on each worker, at once and beside its tasks; returns the values by worker address.
    /// </summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names, addresses or hosts; null = all.</param>
    /// <param name="onError">What to do where it fails on a worker; by default its error is thrown.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TaskFailedException">It failed on a worker.</exception>
    public Task<IReadOnlyDictionary<string, R>> RunAsync<R>(
        Func<R> function, IReadOnlyList<string>? workers = null, RunFailure onError = RunFailure.Raise,
        CancellationToken cancellationToken = default)
        => ValuesAsync<R>(function, workers, onError, cancellationToken);

    /// <summary>Runs an asynchronous function once on each worker; returns the values by worker address.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names, addresses or hosts; null = all.</param>
    /// <param name="onError">What to do where it fails on a worker; by default its error is thrown.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TaskFailedException">It failed on a worker.</exception>
    public Task<IReadOnlyDictionary<string, R>> RunAsync<R>(
        Func<Task<R>> function, IReadOnlyList<string>? workers = null, RunFailure onError = RunFailure.Raise,
        CancellationToken cancellationToken = default)
        => ValuesAsync<R>(function, workers, onError, cancellationToken);

    /// <summary>Runs an action once on each worker.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names, addresses or hosts; null = all.</param>
    /// <param name="onError">What to do where it fails on a worker; by default its error is thrown.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TaskFailedException">It failed on a worker.</exception>
    public Task RunAsync(
        Action function, IReadOnlyList<string>? workers = null, RunFailure onError = RunFailure.Raise,
        CancellationToken cancellationToken = default)
        => ValuesAsync<Unit>(function, workers, onError, cancellationToken);

    /// <summary>Runs a function once on each worker; returns how it ended on each, values and errors alike.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names, addresses or hosts; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyList<RunOutcome<R>>> RunOutcomesAsync<R>(
        Func<R> function, IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => OutcomesAsync<R>(function, workers, cancellationToken);

    /// <summary>Runs an asynchronous function once on each worker; returns how it ended on each.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names, addresses or hosts; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyList<RunOutcome<R>>> RunOutcomesAsync<R>(
        Func<Task<R>> function, IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => OutcomesAsync<R>(function, workers, cancellationToken);

    private async Task<IReadOnlyDictionary<string, R>> ValuesAsync<R>(
        Delegate function, IReadOnlyList<string>? workers, RunFailure onError, CancellationToken cancellation)
    {
        var values = new Dictionary<string, R>(StringComparer.Ordinal);
        foreach (var outcome in await OutcomesAsync<R>(function, workers, cancellation).ConfigureAwait(false))
        {
            if (outcome.IsSuccess)
                values[outcome.WorkerAddress] = outcome.Value!;
            else if (onError == RunFailure.Raise)
                throw outcome.Error;
        }
        return values;
    }

    private Task<IReadOnlyList<RunOutcome<R>>> OutcomesAsync<R>(
        Delegate function, IReadOnlyList<string>? workers, CancellationToken cancellation)
        => RunAsync<R>(
            function,
            (id, definition) => new RunOnWorkers
            {
                RequestId = id,
                Function = definition.Id,
                Workers = workers is null ? [] : [.. workers],
            },
            cancellation);

    private async Task<IReadOnlyList<RunOutcome<R>>> RunAsync<R>(
        Delegate function, Func<ulong, FunctionDefinition, Message> question, CancellationToken cancellation)
    {
        var definition = Encode(function);
        RunRequest request;
        ulong id;
        lock (_gate)
        {
            ThrowIfUnusable();
            id = _machine.NewRequest();
            request = new RunRequest(definition, question(id, definition));
            _machine.Ask(id, request);
            Transmit();
        }
        try
        {
            var outcomes = new List<RunOutcome<R>>();
            foreach (var reply in await request.Answers.WaitAsync(cancellation).ConfigureAwait(false))
            {
                outcomes.Add(new RunOutcome<R>(
                    reply.WorkerAddress,
                    reply.WorkerName,
                    reply.Error is null ? Decode<R>(new Payload(reply.Value)) : default,
                    reply.Error is { } error ? new TaskFailedException(error, definition.Name) : null));
            }
            return outcomes;
        }
        finally
        {
            lock (_gate)
                _machine.Forget(id);
        }
    }
}
