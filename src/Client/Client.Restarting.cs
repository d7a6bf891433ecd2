using TaskGraph.Messages;

namespace TaskGraph;

// The whole cluster begun anew, or ended.
public sealed partial class Client
{
    private static readonly TimeSpan s_restartTimeout = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Cancels all tasks of all clients, forgets their results, and replaces every worker's process; completes when as
    /// many workers are back. A worker without a nanny comes back in its own process, with an empty store.
    /// </summary>
    /// <param name="timeout">The longest wait; null = 120 s.</param>
    /// <param name="cancellationToken">Stops waiting; the restart goes on.</param>
    /// <exception cref="TimeoutException">Not all were back in time; the message says how many were.</exception>
    public Task<string> RestartAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => RestartAsync([], forgetsTasks: true, timeout, cancellationToken);

    /// <summary>
    /// Replaces the processes of some workers. What they ran is run again elsewhere, and results that only they held
    /// are computed again where they are needed; completes when as many workers are back.
    /// </summary>
    /// <param name="workers">Names, addresses or hosts.</param>
    /// <param name="timeout">The longest wait; null = 120 s.</param>
    /// <param name="cancellationToken">Stops waiting; the restart goes on.</param>
    /// <exception cref="TaskGraphException">A name means nobody.</exception>
    /// <exception cref="TimeoutException">Not all were back in time.</exception>
    public Task<string> RestartWorkersAsync(
        IReadOnlyList<string> workers, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (workers.Count == 0)
            throw new ArgumentException("Name the workers that are to restart.", nameof(workers));
        return RestartAsync([.. workers], forgetsTasks: false, timeout, cancellationToken);
    }

    /// <summary>
    /// Stops the whole cluster: scheduler, workers and nannies end in order, with exit code 0. Every other client loses
    /// its futures. Completes when the scheduler has closed the connection; dispose of the client then.
    /// </summary>
    /// <param name="reason">Shown to everybody; empty = this client's name.</param>
    /// <param name="cancellationToken">Stops waiting; the cluster ends all the same.</param>
    public async Task ShutdownAsync(string reason = "", CancellationToken cancellationToken = default)
    {
        await OperateAsync(
            id => new ShutdownCluster { RequestId = id, Reason = reason },
            cancellationToken,
            isRepeatable: false).ConfigureAwait(false);
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> RestartAsync(
        string[] workers, bool forgetsTasks, TimeSpan? timeout, CancellationToken cancellation)
    {
        var limit = timeout ?? s_restartTimeout;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            return await OperateAsync(
                id => new RestartWorkers { RequestId = id, Workers = workers, ForgetsTasks = forgetsTasks },
                patience.Token,
                isRepeatable: false).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            int present;
            lock (_gate)
                present = _machine.Workers.Count;
            throw new TimeoutException(
                $"The restart has not ended within {limit.TotalSeconds:0.#} s; {present} workers are connected.");
        }
    }
}
