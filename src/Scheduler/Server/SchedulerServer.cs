using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Journal;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>
/// The scheduler as a server: connections on the thread pool, decisions one turn at a time on whichever thread brings
/// something (<see cref="Transport.Turns.TurnDriver"/>).
/// </summary>
public sealed partial class SchedulerServer : IAsyncDisposable
{
    private const int InboxCapacity = 4096;

    private readonly SchedulerServerOptions _options;
    private readonly Listener _listener;
    private readonly SchedulerLoop _loop;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ulong _epoch;
    private readonly Task _accepting;
    private int _disposed;

    private SchedulerServer(SchedulerServerOptions options, Listener listener)
    {
        _options = options;
        _listener = listener;
        _state = options.StateDirectory is { } path ? StateDirectory.Open(path) : null;
        _epoch = _state?.NextEpoch() ?? (ulong)Random.Shared.NextInt64(1, long.MaxValue);
        SchedulerMachineOptions limits = new()
        {
            Epoch = _epoch,
            Address = listener.Address.ToString(),
            Version = Protocol.Build,
            ProcessId = Environment.ProcessId,
            AllowsRun = options.AllowsRun,
            IdleTimeoutUs = (long)(options.IdleTimeout?.TotalMicroseconds ?? 0),
            NoWorkersTimeoutUs = (long)(options.NoWorkersTimeout?.TotalMicroseconds ?? 0),
        };
        SchedulerMachine machine = new(MachineConfiguration.Apply(limits, options.Configuration))
        {
            Journal = _state is null ? null : new JournalOutbox(),
        };
        (StateDirectory, FileStream)? state = _state is null ? null : (_state, Recover(_state, machine));
        Channel<Arrival> inbox = Channel.CreateBounded<Arrival>(InboxCapacity);
        _loop = new SchedulerLoop(machine, inbox, this, options, state);
        _accepting = AcceptAsync();
    }

    /// <summary>Where workers and clients connect, with the real port.</summary>
    public Address Address => _listener.Address;

    /// <summary>Tells this run of the scheduler from any other: see <see cref="SchedulerEpoch"/>.</summary>
    public ulong Epoch => _epoch;

    /// <summary>Ends when the server has stopped; fails if its loop has failed.</summary>
    public Task Completion => _loop.Completion;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="ListenException">The address cannot be listened on; says why.</exception>
    /// <exception cref="JournalException">The state directory cannot be used; says why.</exception>
    public static async Task<SchedulerServer> StartAsync(SchedulerServerOptions options)
    {
        ConnectionOptions connections = new() { AllowInsecure = options.AllowInsecure, Logger = options.Logger };
        Listener listener = Listener.Start(options.Bind, connections);
        try
        {
            return new SchedulerServer(options, listener);
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says goodbye to all peers, closes the connections and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stopping.CancelAsync();
        await _listener.DisposeAsync();
        await _accepting;
        _loop.Stop(failure: null);
        await _loop.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _state?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Welcomes a worker under the number that the machine gave it, then attaches its connection.</summary>
    internal void Welcome(PendingConnection pending, SchedulerWorker worker) =>
        _ = AttachAsync(pending, worker.Number, worker);

    /// <summary>Refuses a peer in one line.</summary>
    internal void Refuse(PendingConnection pending, string reason, RefusalCode code = RefusalCode.None) =>
        _ = RefuseAsync(pending, reason, code);

    private async Task AcceptAsync()
    {
        try
        {
            await foreach (PendingConnection pending in _listener.AcceptAsync(_stopping.Token))
                await GreetAsync(pending);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The server stops.
        }
        catch (Exception e)
        {
            _options.Logger.LogCritical(e, "the listener at {Address} has failed", Address);
            _loop.Stop(e);
        }
    }

    private async ValueTask GreetAsync(PendingConnection pending)
    {
        if (IsReplaced(pending))
            return;
        switch (pending.Hello.Role)
        {
            case PeerRole.Worker when pending.Hello.IsResuming:
                await _loop.BringAsync(new Arrival { Kind = ArrivalKind.WorkerDialsAgain, Pending = pending });
                break;
            case PeerRole.Worker:
                await _loop.BringAsync(new Arrival { Kind = ArrivalKind.WorkerKnocks, Pending = pending });
                break;
            case PeerRole.Client:
                _ = AttachAsync(pending, workerNumber: -1, admitted: null);
                break;
            default:
                Refuse(pending, $"this is a scheduler: it has no use for a {pending.Hello.Role} connection");
                break;
        }
    }

    private async Task AttachAsync(PendingConnection pending, int workerNumber, SchedulerWorker? admitted)
    {
        try
        {
            Connection connection = await pending.WelcomeAsync(new Welcome
            {
                Epoch = _epoch,
                WorkerNumber = workerNumber,
                HeartbeatIntervalMs = SchedulerLoop.HeartbeatIntervalMs,
                Name = admitted?.Name ?? pending.Hello.Name,
                IsKnown = _recoveredClients.Contains(pending.Hello.Incarnation),
            });
            PeerSession session = new(connection, admitted);
            await _loop.BringAsync(new Arrival { Kind = ArrivalKind.Attached, Session = session });
            await (session.Receiving = ReceiveAsync(session));
        }
        catch (Exception e) when (e is TaskGraphException or ChannelClosedException)
        {
            _options.Logger.LogDebug("{Address} was not welcomed: {Reason}", pending.RemoteAddress, e.Message);
        }
        catch (Exception e)
        {
            _options.Logger.LogError(e, "welcoming {Address} has failed", pending.RemoteAddress);
        }
    }

    private async Task ReceiveAsync(PeerSession session)
    {
        string reason = "it closed the connection";
        try
        {
            while (true)
            {
                List<Message> batch = _loop.RentBatch();
                if (!await session.Connection.ReceiveAsync(batch, CancellationToken.None))
                    break;
                await _loop.BringAsync(
                    new Arrival { Kind = ArrivalKind.Messages, Session = session, Messages = batch });
            }
        }
        catch (TaskGraphException e)
        {
            reason = e.Message;
        }
        catch (OutOfMemoryException e)
        {
            // Of one peer's words some are lost: it is dropped, and the others are served.
            reason = e.Message;
            session.Connection.Abort(reason);
        }

        await _loop.BringAsync(new Arrival { Kind = ArrivalKind.Closed, Session = session, Reason = reason });
    }

    private async Task RefuseAsync(PendingConnection pending, string reason, RefusalCode code)
    {
        _options.Logger.LogInformation("refused {Address}: {Reason}", pending.RemoteAddress, reason);
        try
        {
            await pending.RefuseAsync(reason, code);
        }
        catch (Exception e)
        {
            _options.Logger.LogDebug("the refusal did not reach {Address}: {Reason}", pending.RemoteAddress, e.Message);
        }
    }
}
