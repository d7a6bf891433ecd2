using TaskGraph.Messages;

namespace TaskGraph;

// Functions on workers, outside the task system.
public sealed partial class Client
{
    /// <summary>
    /// Runs a function once on each worker, at once and beside its tasks; returns the values by worker address.
    /// </summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names or addresses; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TaskFailedException">It failed on a worker.</exception>
    public Task<IReadOnlyDictionary<string, R>> RunAsync<R>(
        Func<R> function, IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => RunOnWorkersAsync<R>(function, workers, cancellationToken);

    /// <summary>Runs an asynchronous function once on each worker; returns the values by worker address.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names or addresses; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TaskFailedException">It failed on a worker.</exception>
    public Task<IReadOnlyDictionary<string, R>> RunAsync<R>(
        Func<Task<R>> function, IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => RunOnWorkersAsync<R>(function, workers, cancellationToken);

    /// <summary>Runs an action once on each worker.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="workers">Names or addresses; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TaskFailedException">It failed on a worker.</exception>
    public Task RunAsync(
        Action function, IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => RunOnWorkersAsync<Unit>(function, workers, cancellationToken);

    private async Task<IReadOnlyDictionary<string, R>> RunOnWorkersAsync<R>(
        Delegate function, IReadOnlyList<string>? workers, CancellationToken cancellation)
    {
        var definition = Encode(function);
        RunRequest request;
        ulong id;
        lock (_gate)
        {
            ThrowIfUnusable();
            id = _machine.NewRequest();
            request = new RunRequest(definition, new RunOnWorkers
            {
                RequestId = id,
                Function = definition.Id,
                Workers = workers is null ? [] : [.. workers],
            });
            _machine.Ask(id, request);
            Transmit();
        }
        try
        {
            var values = new Dictionary<string, R>(StringComparer.Ordinal);
            foreach (var reply in await request.Answers.WaitAsync(cancellation).ConfigureAwait(false))
            {
                if (reply.Error is { } error)
                    throw new TaskFailedException(error, definition.Name);
                values[reply.WorkerAddress] = PayloadCodecs.Decode<R>(new Payload(reply.Value));
            }
            return values;
        }
        finally
        {
            lock (_gate)
                _machine.Forget(id);
        }
    }
}
