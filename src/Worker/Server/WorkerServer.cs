using Microsoft.Extensions.Logging;
using TaskGraph.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;
using TaskGraph.Worker.Server.Groups;

namespace TaskGraph.Worker.Server;

/// <summary>
/// A worker: listens for data, serves one scheduler, and comes back as a new incarnation with an empty store when the
/// scheduler is lost.
/// </summary>
public sealed class WorkerServer : IRunHost, IAsyncDisposable
{
    private readonly WorkerServerOptions _options;
    private readonly LogRing _log;
    private readonly Listener _listener;
    private readonly DataServer _data;
    private readonly PeerConnections _peers;
    private readonly GroupTable _groups;
    private readonly FunctionLoader _loader;
    private readonly Dialler _dialler;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _completion = Task.CompletedTask;
    private volatile WorkerLoop? _loop;
    private volatile Connection? _scheduler;

    private WorkerServer(WorkerServerOptions options)
    {
        _log = new LogRing(options.Logger);
        _options = options = options with { Logger = _log };
        var connections = new ConnectionOptions { AllowInsecure = options.AllowInsecure, Logger = options.Logger };
        _listener = PortRange.Listen(options.Listen, options.LastPort, connections);
        var address = _listener.Address;
        if (options.ContactHost is { Length: > 0 } host)
            address = address with { Host = host };
        if (options.ContactPort > 0)
            address = address with { Port = options.ContactPort };
        DataAddress = address.ToString();
        Name = options.Name.Length > 0 ? options.Name : DataAddress;
        _loader = new FunctionLoader(options.SharesProcess);
        _data = new DataServer(_listener, options.Logger);
        _peers = new PeerConnections(DataAddress, Name, connections, options.Logger);
        _groups = new GroupTable(DataAddress, _peers);
        _data.GroupMessage += _groups.Deliver;
        _data.Lost += _groups.PeerLost;
        _peers.Lost += _groups.PeerLost;
        _dialler = new Dialler(options, DataAddress, Name);
    }

    /// <summary>Where other workers and clients reach this worker.</summary>
    public string DataAddress { get; }

    /// <summary>The worker's name.</summary>
    public string Name { get; }

    /// <summary>Completes when the worker has ended; fails with the reason if it did not end in order.</summary>
    public Task Completion => _completion;

    string IRunHost.WorkerAddress => DataAddress;

    string IRunHost.WorkerName => Name;

    string IRunHost.SchedulerAddress => _options.Scheduler.ToString();

    /// <summary>Starts a worker; completes when the scheduler has taken it.</summary>
    /// <exception cref="SchedulerUnreachableException">None did within the death timeout.</exception>
    /// <exception cref="ListenException">The data address cannot be listened on.</exception>
    public static async Task<WorkerServer> StartAsync(
        WorkerServerOptions options, CancellationToken cancellationToken = default)
    {
        var server = new WorkerServer(options);
        server._completion = Task.Run(server.RunAsync, CancellationToken.None);
        try
        {
            var first = await Task.WhenAny(server._registered.Task, server._completion)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            await first.ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Asks the scheduler to take the worker's data over and send it away: what runs is finished, nothing new comes.
    /// Completes when the worker has ended, or <paramref name="grace"/> has passed; dispose of it then.
    /// </summary>
    /// <param name="reason">Shown in the scheduler's log.</param>
    /// <param name="grace">The longest wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task LeaveAsync(string reason, TimeSpan grace, CancellationToken cancellationToken = default)
    {
        if (_scheduler is not { } scheduler)
            return;
        scheduler.Write(new WorkerLeaving { Reason = reason });
        scheduler.Flush();
        await Task.WhenAny(_completion, Task.Delay(grace, cancellationToken)).ConfigureAwait(false);
        if (!_completion.IsCompleted && !cancellationToken.IsCancellationRequested)
            _options.Logger.LogWarning("Not everything was handed over within {Grace}: ending now", grace);
    }

    /// <summary>Takes leave of the scheduler, cancels what runs, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return;
        if (_scheduler is { } scheduler)
        {
            scheduler.Write(new Goodbye { Reason = Goodbyes.Asked });
            scheduler.Flush();
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        _loop?.Stop(Goodbyes.Asked);
        await _completion.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
    }

    void IRunHost.Report(TaskId task, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > Protocol.MaxChunkBytes)
            throw new ArgumentException($"A report has at most {Protocol.MaxChunkBytes} bytes, not {bytes.Length}.");
        if (_scheduler is not { } scheduler)
            return;
        var message = new TasksReported();
        message.Tasks.Add(task);
        message.Reports.Add(bytes.Span);
        scheduler.Write(message);
        scheduler.Flush();
    }

    Task<ICommunicator> IRunHost.JoinGroupAsync(GroupSpec spec, CancellationToken cancellation) =>
        _groups.JoinAsync(spec, cancellation);

    private async Task RunAsync()
    {
        _ = _data.RunAsync();
        while (!_closing.IsCancellationRequested)
        {
            Connection scheduler;
            try
            {
                scheduler = await _dialler.DialAsync(_closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }

            var reason = await ServeAsync(scheduler).ConfigureAwait(false);
            if (reason == Goodbyes.FromScheduler)
                return;
            if (reason == Goodbyes.Broken)
                throw new WorkerBrokenException(BrokenRuntime.Reason ?? "memory ran out");
            if (reason == Goodbyes.Restart && _options.EndsToRestart)
                throw new WorkerRestartException();
            if (_closing.IsCancellationRequested)
                return;
            if (reason == Goodbyes.Restart)
                _options.Logger.LogInformation("Restarting with an empty store, in the same process");
            else
                _options.Logger.LogWarning("Lost the scheduler ({Reason}); dialling again with an empty store", reason);
        }
    }

    private async Task<string> ServeAsync(Connection scheduler)
    {
        var loop = new WorkerLoop(scheduler, _options, this, _loader, _peers, _log);
        loop.WorkerLeft += OnWorkerLeft;
        _options.Logger.LogInformation(
            "Joined the scheduler at {Scheduler} as worker {Number}", _options.Scheduler, scheduler.Welcome.WorkerNumber);
        _loop = loop;
        _scheduler = scheduler;
        _data.Serve(loop.Store, put => loop.Mailbox.Post(put));
        loop.Start();
        _registered.TrySetResult();
        await using var heart = new Heart(scheduler, loop, _peers);
        var receiving = ReceiveAsync(scheduler, loop);
        if (_closing.IsCancellationRequested)
            loop.Stop(Goodbyes.Asked);
        var reason = await loop.Stopped.ConfigureAwait(false);
        _scheduler = null;
        _loop = null;
        _data.Serve(null, null);
        if (reason is Goodbyes.FromScheduler or Goodbyes.Broken or Goodbyes.Restart)
        {
            scheduler.Write(new Goodbye { Reason = reason });
            scheduler.Flush();
        }

        await scheduler.DisposeAsync().ConfigureAwait(false);
        await receiving.ConfigureAwait(false);
        return reason;
    }

    private void OnWorkerLeft(string address)
    {
        _peers.Abort(address, "the scheduler says that this worker is gone");
        _groups.PeerLost(address, "the scheduler says that it is gone");
    }

    private static async Task ReceiveAsync(Connection scheduler, WorkerLoop loop)
    {
        var reason = "it closed the connection";
        try
        {
            var messages = new List<Message>();
            while (await scheduler.ReceiveAsync(messages).ConfigureAwait(false))
            {
                loop.Mailbox.Post(messages);
                messages.Clear();
            }
        }
        catch (TaskGraphException e)
        {
            reason = e.Message;
        }

        loop.Stop(reason);
    }

    private async Task CloseAsync()
    {
        await _data.DisposeAsync().ConfigureAwait(false);
        await _peers.DisposeAsync().ConfigureAwait(false);
    }
}
