using Microsoft.Extensions.Logging;
using TaskGraph.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;
using TaskGraph.Worker.Server.Groups;

namespace TaskGraph.Worker.Server;

/// <summary>
/// A worker: listens for data and serves one scheduler. When the connection is cut it works on and dials again: within
/// its lease it goes on as if nothing had happened, past it it comes back as a new incarnation with what it holds.
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
    private string _stuckReason = "";

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

    int IRunHost.MaxErrorLength => _options.MaxErrorLength;

    IReadOnlyList<RunningTask> IRunHost.RunningTasks => _loop?.RunningTasks() ?? [];

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

    void IRunHost.LogEvent(string topic, byte[] value)
    {
        if (_scheduler is not { } scheduler)
            return;
        scheduler.Write(new EventLogged { Topic = topic, Value = value });
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
                scheduler = await _dialler.DialAsync(former: null, canResume: true, _closing.Token)
                    .ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }

            var reason = await ServeFromEmptyAsync(scheduler).ConfigureAwait(false);
            if (reason is Goodbyes.FromScheduler or Goodbyes.Asked)
                return;
            if (reason == Goodbyes.Broken)
                throw new WorkerBrokenException(BrokenRuntime.Reason ?? "memory ran out");
            if (reason == Goodbyes.Stuck)
                throw new WorkerStuckException(_stuckReason);
            if (reason == Goodbyes.Restart && _options.EndsToRestart)
                throw new WorkerRestartException();
            if (_closing.IsCancellationRequested)
                return;
            if (reason == Goodbyes.Restart)
                _options.Logger.LogInformation("Restarting with an empty store, in the same process");
            else
                _options.Logger.LogWarning("Beginning anew with an empty store: {Reason}", reason);
        }
    }

    private async Task<string> ServeFromEmptyAsync(Connection scheduler)
    {
        var loop = new WorkerLoop(scheduler, _options, this, _loader, _peers, _log);
        loop.WorkerLeft += OnWorkerLeft;
        _options.Logger.LogInformation(
            "Joined the scheduler at {Scheduler} as worker {Number}", _options.Scheduler, scheduler.Welcome.WorkerNumber);
        _loop = loop;
        _data.Serve(loop.Store, loop.Mailbox.Post, loop.Actors);
        _data.LimitBy(loop.Limits);
        loop.Start();
        if (!_registered.Task.IsCompleted && _options.Predecessor is { } dead)
        {
            var running = dead.RunningTasks();
            var report = new PredecessorDied
            {
                ProcessId = dead.ProcessId,
                Reason = dead.Reason,
                ForMemory = dead.IsForMemory ? (byte)1 : (byte)0,
                KnowsRunning = running is null ? (byte)0 : (byte)1,
            };
            foreach (var task in running ?? [])
                report.Running.Add(task);
            scheduler.Write(report);
            scheduler.Flush();
        }

        _registered.TrySetResult();
        if (_closing.IsCancellationRequested)
            loop.Stop(Goodbyes.Asked);
        try
        {
            return await ServeAsync(loop, scheduler).ConfigureAwait(false);
        }
        finally
        {
            loop.Stop(Goodbyes.Asked);
            await loop.Stopped.ConfigureAwait(false);
            _loop = null;
            _data.Serve(null, null, null);
        }
    }

    /// <summary>Serves over one connection after another until the loop has ended.</summary>
    private async Task<string> ServeAsync(WorkerLoop loop, Connection scheduler)
    {
        while (true)
        {
            _scheduler = scheduler;
            Task<string> receiving;
            await using (var heart = new Heart(scheduler, loop, _peers))
            {
                loop.StatusChanged = heart.Beat;
                receiving = OwnThread.Run(() => ReceiveAsync(scheduler, loop));
                await Task.WhenAny(receiving, loop.Stopped).ConfigureAwait(false);
                loop.StatusChanged = null;
            }

            if (!loop.Stopped.IsCompleted && !_closing.IsCancellationRequested
                && await ReturnAsync(loop, scheduler, await receiving.ConfigureAwait(false)).ConfigureAwait(false) is { } next)
            {
                scheduler = next;
                continue;
            }

            _scheduler = null;
            return await EndAsync(loop, scheduler, receiving).ConfigureAwait(false);
        }
    }

    private async Task<string> EndAsync(WorkerLoop loop, Connection scheduler, Task<string> receiving)
    {
        loop.Stop(Goodbyes.Asked);
        var reason = await loop.Stopped.ConfigureAwait(false);
        _stuckReason = loop.StuckReason;
        if (reason is Goodbyes.FromScheduler or Goodbyes.Broken or Goodbyes.Restart or Goodbyes.Stuck)
        {
            scheduler.Write(new Goodbye { Reason = reason == Goodbyes.Stuck ? _stuckReason : reason });
            scheduler.Flush();
        }

        await scheduler.DisposeAsync().ConfigureAwait(false);
        await receiving.ConfigureAwait(false);
        return reason;
    }

    /// <summary>
    /// After a cut: goes on with the session, or begins a new one with what is here. Null = the worker is closing, or
    /// its loop has ended meanwhile.
    /// </summary>
    private async Task<Connection?> ReturnAsync(WorkerLoop loop, Connection scheduler, string reason)
    {
        _options.Logger.LogInformation("Cut off from the scheduler ({Reason}); dialling again", reason);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var watching = CancelWithAsync(loop.Stopped, ending);
        try
        {
            if (await _dialler.ResumeAsync(scheduler, ending.Token).ConfigureAwait(false))
                return scheduler;
            _scheduler = null;
            var next = await _dialler.DialAsync(scheduler.Hello, canResume: true, ending.Token).ConfigureAwait(false);
            await scheduler.DisposeAsync().ConfigureAwait(false);
            _options.Logger.LogWarning("Back at the scheduler as a new incarnation, with {Count} values", loop.Store.Count);
            loop.Mailbox.Post(new Return(next));
            return next;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    private static async Task CancelWithAsync(Task ended, CancellationTokenSource ending)
    {
        var cancelled = Task.Delay(Timeout.Infinite, ending.Token);
        if (await Task.WhenAny(ended, cancelled).ConfigureAwait(false) == ended)
            await ending.CancelAsync().ConfigureAwait(false);
    }

    private void OnWorkerLeft(string address)
    {
        _peers.Abort(address, "the scheduler says that this worker is gone");
        _groups.PeerLost(address, "the scheduler says that it is gone");
    }

    /// <summary>Hands on what comes; completes, with the reason, when the connection or its link is gone.</summary>
    private static async Task<string> ReceiveAsync(Connection scheduler, WorkerLoop loop)
    {
        try
        {
            var messages = new List<Message>();
            while (await scheduler.ReceiveAsync(messages).ConfigureAwait(false))
            {
                loop.Mailbox.Post(messages);
                messages.Clear();
            }

            return "it closed the connection";
        }
        catch (TaskGraphException e)
        {
            return e.Message;
        }
        catch (OutOfMemoryException e)
        {
            // Some of what was said is lost: the session cannot go on, a new one begins with what is here.
            scheduler.Abort(e.Message);
            return e.Message;
        }
    }

    private async Task CloseAsync()
    {
        await _data.DisposeAsync().ConfigureAwait(false);
        await _peers.DisposeAsync().ConfigureAwait(false);
    }
}
