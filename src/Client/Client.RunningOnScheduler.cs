using TaskGraph.Messages;

namespace TaskGraph;

// Functions in the scheduler's own process.
public sealed partial class Client
{
    /// <summary>
    /// Runs a function once in the scheduler's process, on a thread of its pool: no decision waits for it. It has the
    /// process's rights and memory, so the scheduler must allow it (<c>--allow-run</c>; a <c>LocalCluster</c> does).
    /// </summary>
    /// <param name="function">What to run.</param>
    /// <param name="cancellationToken">Stops waiting; the function runs on.</param>
    /// <exception cref="TaskFailedException">It failed, or the scheduler does not allow it.</exception>
    public Task<R> RunOnSchedulerAsync<R>(Func<R> function, CancellationToken cancellationToken = default)
        => OnSchedulerAsync<R>(function, cancellationToken);

    /// <summary>Runs an asynchronous function once in the scheduler's process, if that allows it.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="cancellationToken">Stops waiting; the function runs on.</param>
    /// <exception cref="TaskFailedException">It failed, or the scheduler does not allow it.</exception>
    public Task<R> RunOnSchedulerAsync<R>(Func<Task<R>> function, CancellationToken cancellationToken = default)
        => OnSchedulerAsync<R>(function, cancellationToken);

    /// <summary>Runs an action once in the scheduler's process, if that allows it.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="cancellationToken">Stops waiting; the action runs on.</param>
    /// <exception cref="TaskFailedException">It failed, or the scheduler does not allow it.</exception>
    public Task RunOnSchedulerAsync(Action function, CancellationToken cancellationToken = default)
        => OnSchedulerAsync<Unit>(function, cancellationToken);

    private async Task<R> OnSchedulerAsync<R>(Delegate function, CancellationToken cancellation)
    {
        var outcomes = await RunAsync<R>(
            function,
            static (id, definition) => new RunOnScheduler { RequestId = id, Function = definition.Id },
            cancellation).ConfigureAwait(false);
        return outcomes[0].IsSuccess ? outcomes[0].Value! : throw outcomes[0].Error!;
    }
}
