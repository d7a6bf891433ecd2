using TaskGraph.Scheduler.Server;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace TaskGraph;

/// <summary>
/// Scheduler and workers inside this process, connected without sockets. They share its heap: no limits.
/// </summary>
internal sealed class InProcessHost : LocalHost
{
    private readonly List<WorkerServer> _workers = [];
    private readonly List<ZeroWorker> _zeroWorkers = [];
    private SchedulerServer? _scheduler;

    public override string Address => _scheduler!.Address.ToString();

    public override int SchedulerProcessId => Environment.ProcessId;

    public override IReadOnlyList<LocalWorker> Workers
        => [.. _workers.Select(static worker => Local(worker.Name, worker.DataAddress)),
            .. _zeroWorkers.Select(static worker => Local(worker.Name, worker.DataAddress))];

    public static async Task<InProcessHost> StartAsync(LocalClusterOptions options, CancellationToken cancellation)
    {
        var host = new InProcessHost();
        try
        {
            var name = Guid.NewGuid().ToString("N");
            host._scheduler = await SchedulerServer.StartAsync(new SchedulerServerOptions
            {
                Bind = new Address(Transport.Address.InProcess, name, 0),
                AllowsRun = options.AllowsRunOnScheduler,
                SharesProcess = true,
                Logger = options.Logger,
            }).ConfigureAwait(false);
            for (var i = 0; i < options.Workers; i++)
            {
                var worker = new WorkerServerOptions
                {
                    Scheduler = host._scheduler.Address,
                    Listen = new Address(Transport.Address.InProcess, $"{name}-{i}", 0),
                    Name = options.Workers == 1 ? options.Name : $"{options.Name}-{i}",
                    Threads = options.ThreadsPerWorker,
                    Resources = options.ResourceAmounts,
                    SharesProcess = true,
                    Logger = options.Logger,
                };
                if (options.ZeroWorkers)
                    host._zeroWorkers.Add(await ZeroWorker.StartAsync(worker, cancellation).ConfigureAwait(false));
                else
                    host._workers.Add(await WorkerServer.StartAsync(worker, cancellation).ConfigureAwait(false));
            }
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task<int> KillWorkerAsync(int index, CancellationToken cancellationToken)
        => throw new InvalidOperationException(
            "The workers live inside this process. Start the cluster with processes: true to kill one.");

    public override Task KillSchedulerAsync(CancellationToken cancellationToken) => throw NoProcess();

    public override Task RestartSchedulerAsync(CancellationToken cancellation) => throw NoProcess();

    private static InvalidOperationException NoProcess() => new(
        "The scheduler lives inside this process. Start the cluster with processes: true to kill it.");

    public override async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync().ConfigureAwait(false);
        foreach (var worker in _zeroWorkers)
            await worker.DisposeAsync().ConfigureAwait(false);
        if (_scheduler is not null)
            await _scheduler.DisposeAsync().ConfigureAwait(false);
    }

    private static LocalWorker Local(string name, string address) => new(name, address, Environment.ProcessId);
}
