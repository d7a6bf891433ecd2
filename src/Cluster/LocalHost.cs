namespace TaskGraph;

/// <summary>What a local cluster runs in: processes, or this process.</summary>
internal abstract class LocalHost : IAsyncDisposable
{
    public abstract string Address { get; }

    public abstract int SchedulerProcessId { get; }

    public abstract IReadOnlyList<LocalWorker> Workers { get; }

    public abstract Task<int> KillWorkerAsync(int index, CancellationToken cancellationToken);

    public abstract Task KillSchedulerAsync(CancellationToken cancellationToken);

    public abstract Task RestartSchedulerAsync(CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
