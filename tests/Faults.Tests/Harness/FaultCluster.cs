using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// A scheduler process and worker processes that are started, routed, hurt and started again one by one; everything that
/// a test does not set has the shipped defaults.
/// </summary>
internal sealed class FaultCluster : IAsyncDisposable
{
    private readonly FaultClusterOptions _options;
    private readonly List<FaultWorker> _workers = [];
    private readonly List<string> _output = [];
    private readonly Action<string> _log;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("taskgraph-faults-");
    private FaultProcess? _scheduler;

    private FaultCluster(FaultClusterOptions options)
    {
        _options = options;
        Port = FreePort();
        _log = FaultLog.Of(Port.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The scheduler's port: the same after a restart.</summary>
    public int Port { get; }

    /// <summary>What clients dial.</summary>
    public string Address => $"tcp://{_options.SchedulerHost}:{Port}";

    /// <summary>A folder of the test's own, gone afterwards.</summary>
    public string Folder => _directory.FullName;

    public int SchedulerProcessId => _scheduler!.Id;

    public IReadOnlyList<FaultWorker> Workers => _workers;

    /// <summary>What all processes have printed so far, line by line.</summary>
    public string[] Output
    {
        get
        {
            lock (_output)
                return [.. _output];
        }
    }

    public static async Task<FaultCluster> StartAsync(FaultClusterOptions options)
    {
        var cluster = new FaultCluster(options);
        try
        {
            await cluster.StartSchedulerAsync();
            for (var i = 0; i < options.Workers; i++)
                cluster._workers.Add(cluster.StartWorker(i));
            await Task.WhenAll(cluster._workers.Select(static worker => worker.Started));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the scheduler, again or for the first time, on its port; completes when it listens.</summary>
    public async Task StartSchedulerAsync()
    {
        List<string> arguments =
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--log-level", "info", .. _options.SchedulerArguments];
        if (_options.Namespaces is not null)
            arguments.AddRange(["--host", "0.0.0.0", "--insecure"]);
        _scheduler = FaultProcess.Start(
            "taskgraph-scheduler", arguments, Namespace(scheduler: true), Note, _options.Environment);
        await _scheduler.LineAsync("Scheduler at: ");
    }

    /// <summary>SIGKILL for the scheduler; completes when it is gone.</summary>
    public async Task KillSchedulerAsync()
    {
        Signals.Kill(_scheduler!.Id);
        await _scheduler.Ended;
        await _scheduler.DisposeAsync();
    }

    /// <summary>Another worker (under a nanny of its own), as the options say for its number.</summary>
    public FaultWorker StartWorker(int index)
    {
        List<string> arguments =
        [
            _options.SchedulerAddressFor?.Invoke(index, Port) ?? Address,
            "--name", $"worker-{index}",
            "--nthreads", _options.ThreadsPerWorker.ToString(CultureInfo.InvariantCulture),
            "--memory-limit", _options.MemoryLimitFor?.Invoke(index) ?? _options.MemoryLimit,
            "--log-level", "info",
            .. _options.WorkerArguments,
            .. _options.WorkerArgumentsFor?.Invoke(index) ?? [],
        ];
        if (_options.Namespaces is not null)
            arguments.AddRange(["--host", _options.Namespaces.AddressOf(index), "--insecure"]);
        return new FaultWorker(
            FaultProcess.Start("taskgraph-worker", arguments, Namespace(scheduler: false, index), Note, _options.Environment));
    }

    /// <summary>Waits until a line with <paramref name="text"/> has been printed by any of the processes.</summary>
    public Task PrintedAsync(string text, int seconds = 30)
        => Eventually.TrueAsync(
            () => Output.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase)), $"'{text}' printed", seconds);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        if (_scheduler is not null)
            await _scheduler.DisposeAsync();
        _directory.Refresh();
        if (_directory.Exists)
            _directory.Delete(recursive: true);
    }

    private string? Namespace(bool scheduler, int index = 0)
        => _options.Namespaces is not { } spaces ? null : scheduler ? spaces.SchedulerSpace : spaces.SpaceOf(index);

    private void Note(string line)
    {
        lock (_output)
        {
            _output.Add(line);
            _log(line);
        }
    }

    private static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }
}
