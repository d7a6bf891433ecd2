namespace TaskGraph;

/// <summary>
/// A scheduler and workers on this machine, for one program: as processes (the default, so that workers have memory
/// limits, may die, and get code shipped to them) or inside this process. They end with the program, however it ends.
/// </summary>
public sealed class LocalCluster : ICluster, IAsyncDisposable
{
    private readonly LocalHost _host;

    private LocalCluster(LocalHost host) => _host = host;

    /// <inheritdoc/>
    public string Address => _host.Address;

    /// <summary>The scheduler's process.</summary>
    public int SchedulerProcessId => _host.SchedulerProcessId;

    /// <summary>
    /// The workers as they are now: a worker that died and was started again has a new process and address.
    /// </summary>
    public IReadOnlyList<LocalWorker> Workers => _host.Workers;

    /// <summary>Starts a cluster; completes when all workers have joined.</summary>
    /// <param name="workers">How many workers; 0 = one per core, at most four.</param>
    /// <param name="threadsPerWorker">How many tasks each runs at once; 0 = cores / workers.</param>
    /// <param name="memoryLimit">Each worker's memory limit, as "2GiB"; null = an even share of the machine's.</param>
    /// <param name="processes">Whether scheduler and workers are processes of their own.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="LocalClusterException">A process did not start; its last lines are in the message.</exception>
    public static Task<LocalCluster> StartAsync(
        int workers = 0, int threadsPerWorker = 0, string? memoryLimit = null, bool processes = true,
        CancellationToken cancellationToken = default)
    {
        var options = new LocalClusterOptions
        {
            Workers = workers,
            ThreadsPerWorker = threadsPerWorker,
            MemoryLimit = memoryLimit,
            Processes = processes,
        };
        return StartAsync(options, cancellationToken);
    }

    /// <summary>Starts a cluster as <paramref name="options"/> say; completes when all workers have joined.</summary>
    /// <exception cref="LocalClusterException">A process did not start; its last lines are in the message.</exception>
    public static async Task<LocalCluster> StartAsync(
        LocalClusterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Workers);
        ArgumentOutOfRangeException.ThrowIfNegative(options.ThreadsPerWorker);
        var workers = options.Workers > 0 ? options.Workers : Math.Min(Environment.ProcessorCount, MostAutomatic);
        var complete = options with
        {
            Workers = workers,
            ThreadsPerWorker = options.ThreadsPerWorker > 0
                ? options.ThreadsPerWorker
                : Math.Max(1, Environment.ProcessorCount / workers),
        };
        return new LocalCluster(options.Processes
            ? await ProcessHost.StartAsync(complete, cancellationToken).ConfigureAwait(false)
            : await InProcessHost.StartAsync(complete, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Kills a worker's process the hard way (SIGKILL), as a crash or a power cut would; its nanny starts it again.
    /// Returns the process id that was killed.
    /// </summary>
    /// <param name="index">0-based place in <see cref="Workers"/>.</param>
    /// <param name="cancellationToken">Stops waiting for its end.</param>
    /// <exception cref="InvalidOperationException">The workers live inside this process.</exception>
    public Task<int> KillWorkerAsync(int index, CancellationToken cancellationToken = default) =>
        _host.KillWorkerAsync(index, cancellationToken);

    /// <summary>
    /// Kills the scheduler's process the hard way (SIGKILL). With a <see cref="LocalClusterOptions.StateDirectory"/>
    /// workers and clients wait for it to be started again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The scheduler lives inside this process.</exception>
    /// <param name="cancellationToken">Stops waiting for its end.</param>
    public Task KillSchedulerAsync(CancellationToken cancellationToken = default) =>
        _host.KillSchedulerAsync(cancellationToken);

    /// <summary>Starts a killed scheduler again, on the same port; completes when it listens.</summary>
    /// <exception cref="LocalClusterException">It did not start; its last lines are in the message.</exception>
    /// <exception cref="InvalidOperationException">The scheduler lives inside this process.</exception>
    public Task RestartSchedulerAsync(CancellationToken cancellationToken = default) =>
        _host.RestartSchedulerAsync(cancellationToken);

    /// <summary>Ends scheduler and workers.</summary>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private const int MostAutomatic = 4;
}
