using System.Diagnostics;
using System.Globalization;
using TaskGraph.Diagnostics;

namespace TaskGraph;

/// <summary>One scheduler process, and one nanny process with its workers.</summary>
internal sealed class ProcessHost : LocalHost
{
    private const string Loopback = "127.0.0.1";
    private const string SchedulerLine = "Scheduler at: ";

    private readonly LocalClusterOptions _options;
    private readonly WorkerLines _workers;
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("taskgraph-");
    private TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ProgramProcess? _scheduler;
    private ProgramProcess? _nanny;

    private ProcessHost(LocalClusterOptions options)
    {
        _options = options;
        _workers = new WorkerLines(options.Workers);
    }

    public override string Address => _address.Task.Result;

    public override int SchedulerProcessId => _scheduler!.Id;

    public override IReadOnlyList<LocalWorker> Workers => _workers.Workers;

    public static async Task<ProcessHost> StartAsync(LocalClusterOptions options, CancellationToken cancellation)
    {
        var host = new ProcessHost(options);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.StartTimeout);
        try
        {
            // Both at once: the workers' runtime starts while the scheduler's does, and waits for its file. The file
            // stays: a worker that is started again reads it.
            var file = Path.Combine(host._directory.FullName, "scheduler.json");
            host.StartScheduler(file, port: "0");
            host.StartWorkers(file);
            await host.WaitAsync(host._scheduler!, host._address.Task, patience.Token).ConfigureAwait(false);
            await host.WaitAsync(host._nanny!, host._workers.AllStarted, patience.Token).ConfigureAwait(false);
            return host;
        }
        catch (Exception e)
        {
            await host.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new LocalClusterException(
                    $"The cluster has not started within {options.StartTimeout.TotalSeconds:0} s.", e);
            }
            throw;
        }
    }

    public override async Task<int> KillWorkerAsync(int index, CancellationToken cancellationToken)
    {
        var pid = Workers[index].ProcessId;
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return pid;
    }

    public override async Task KillSchedulerAsync(CancellationToken cancellationToken)
    {
        using var process = Process.GetProcessById(_scheduler!.Id);
        process.Kill();
        await _scheduler.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task RestartSchedulerAsync(CancellationToken cancellation)
    {
        await _scheduler!.DisposeAsync().ConfigureAwait(false);
        _listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var port = Transport.Address.Parse(Address).Port;
        StartScheduler(
            Path.Combine(_directory.FullName, "scheduler.json"), port.ToString(CultureInfo.InvariantCulture));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_options.StartTimeout);
        await WaitAsync(_scheduler!, _listens.Task, patience.Token).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        // Workers first: they take their leave of a scheduler that is still there.
        _scheduler?.Quieten();
        if (_nanny is not null)
            await _nanny.DisposeAsync().ConfigureAwait(false);
        if (_scheduler is not null)
            await _scheduler.DisposeAsync().ConfigureAwait(false);
        _directory.Refresh();
        if (_directory.Exists)
            _directory.Delete(recursive: true);
    }

    private void StartScheduler(string file, string port)
    {
        var start = ProgramCommand.Create("taskgraph-scheduler", _options);
        Add(start, "--host", Loopback);
        Add(start, "--port", port);
        if (_options.StateDirectory is { } directory)
            Add(start, "--state-dir", directory);
        Add(start, "--scheduler-file", file);
        Add(start, "--log-level", LevelName());
        if (_options.AllowsRunOnScheduler)
            start.ArgumentList.Add("--allow-run");
        _scheduler = ProgramProcess.Start(start, "taskgraph-scheduler", TakeAddress, _options.Output);
    }

    private void StartWorkers(string file)
    {
        var start = ProgramCommand.Create("taskgraph-worker", _options);
        Add(start, "--scheduler-file", file);
        Add(start, "--host", Loopback);
        Add(start, "--nworkers", _options.Workers.ToString(CultureInfo.InvariantCulture));
        Add(start, "--nthreads", _options.ThreadsPerWorker.ToString(CultureInfo.InvariantCulture));
        Add(start, "--name", _options.Name);
        Add(start, "--log-level", LevelName());
        if (_options.ZeroWorkers)
            start.ArgumentList.Add("--zero-worker");
        if (_options.Resources.Count > 0)
            Add(start, "--resources", string.Join(' ', _options.ResourceAmounts));
        if (_options.MemoryLimit is { } limit)
            Add(start, "--memory-limit", limit);
        _nanny = ProgramProcess.Start(start, "taskgraph-worker", _workers.Take, _options.Output);
    }

    private bool TakeAddress(string line)
    {
        if (!line.StartsWith(SchedulerLine, StringComparison.Ordinal))
            return false;
        _address.TrySetResult(line[SchedulerLine.Length..].Trim());
        _listens.TrySetResult();
        return true;
    }

    private async Task WaitAsync(ProgramProcess process, Task ready, CancellationToken cancellation)
    {
        await Task.WhenAny(ready, _scheduler!.Ended, process.Ended).WaitAsync(cancellation).ConfigureAwait(false);
        if (ready.IsCompletedSuccessfully)
            return;
        throw (_scheduler.Ended.IsCompleted ? _scheduler : process).Failure();
    }

    private string LevelName() => StderrLogger.LevelNames[(int)_options.LogLevel];

    private static void Add(ProcessStartInfo start, string option, string value)
    {
        start.ArgumentList.Add(option);
        start.ArgumentList.Add(value);
    }
}
