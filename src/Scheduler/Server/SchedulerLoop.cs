using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskGraph.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Journal;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;
using TaskGraph.Transport.Turns;

namespace TaskGraph.Scheduler.Server;

/// <summary>
/// All decisions, one turn after another. A turn: take what has arrived, read the clock once, let the machine handle
/// each, end the turn, write and flush once per connection that has something to be told.
/// </summary>
internal sealed partial class SchedulerLoop : ITurnTaker
{
    public const int HeartbeatIntervalMs = 1000;

    private const int MaxArrivalsPerTurn = 256;
    private const int MaxPooledBatches = 256;
    private const long LongTurnUs = 250_000;

    private readonly SchedulerMachine _machine;
    private readonly Channel<Arrival> _inbox;
    private readonly SchedulerServer _server;
    private readonly SchedulerServerOptions _options;
    private readonly Dictionary<SchedulerPeer, PeerSession> _sessions = [];
    private readonly ConcurrentQueue<List<Message>> _batches = new();
    private readonly List<Message> _outgoing = [];
    private readonly List<(PeerSession Session, TasksFailed Failed)> _tooLarge = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PauseMeter _pauses = new();
    private readonly TurnDriver _driver;
    private readonly CallRunner _calls;
    private readonly ValueRelay _relay;
    private readonly LogRing _log;
    private string _stopReason = "the scheduler stops";
    private long _nextHeartbeat;
    private bool _isStopping;

    /// <summary>The whole cluster ends: everybody is told to leave.</summary>
    private bool _isShutDown;

    public SchedulerLoop(
        SchedulerMachine machine, Channel<Arrival> inbox, SchedulerServer server, SchedulerServerOptions options,
        (StateDirectory Directory, FileStream File)? state)
    {
        _machine = machine;
        _inbox = inbox;
        _server = server;
        _log = new LogRing(options.Logger);
        _options = options with { Logger = _log };
        _calls = new CallRunner(options.SharesProcess, _log);
        _relay = new ValueRelay(
            end => BringAsync(new Arrival { Kind = ArrivalKind.RelayEnded, Relay = end }), ValueRelay.Patience, _log);
        _driver = new TurnDriver(this, "scheduler loop");
        _journal = state is { } kept ? StartJournal(kept.Directory, kept.File) : null;
        _driver.Start();
    }

    public Task Completion => _completion.Task;

    /// <summary>An empty list for a receive; the loop takes it back.</summary>
    public List<Message> RentBatch() => _batches.TryDequeue(out List<Message>? batch) ? batch : [];

    /// <summary>Brings something, and takes a turn if nobody is in one.</summary>
    public ValueTask BringAsync(in Arrival arrival)
    {
        if (!_inbox.Writer.TryWrite(arrival))
            return BringWhenThereIsRoomAsync(arrival);
        _driver.Drive();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the loop after what has arrived, or at once if <paramref name="failure"/> says why.</summary>
    public void Stop(Exception? failure)
    {
        if (failure is null)
            _inbox.Writer.TryWrite(new Arrival { Kind = ArrivalKind.Stop, Reason = "the scheduler stops" });
        _inbox.Writer.TryComplete(failure);
        _driver.DriveLater();
    }

    long ITurnTaker.TakeTurn()
    {
        Turn();
        if (_isStopping)
            return TurnDriver.Over;
        if (!_inbox.Reader.Completion.IsCompleted)
        {
            return _inbox.Reader.TryPeek(out _)
                ? TurnDriver.AtOnce
                : Math.Min(HeldUntil, Math.Min(_machine.NextDeadline, _nextHeartbeat));
        }

        _inbox.Reader.Completion.GetAwaiter().GetResult();
        return TurnDriver.Over;
    }

    void ITurnTaker.End(Exception? failure)
    {
        if (failure is not null)
            _options.Logger.LogCritical(failure, "the scheduler's loop has failed; the scheduler stops");
        _journal?.Dispose();
        CloseAll(failure is null ? _stopReason : "the scheduler has failed");
        if (failure is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(failure);
    }

    private async ValueTask BringWhenThereIsRoomAsync(Arrival arrival)
    {
        await _inbox.Writer.WriteAsync(arrival);
        _driver.Drive();
    }

    private void Turn()
    {
        long now = TurnDriver.NowUs;
        _pauses.Look();
        TakeCommitted(now);
        for (int i = 0; i < MaxArrivalsPerTurn && _inbox.Reader.TryRead(out Arrival arrival); i++)
            Take(arrival, now);
        do
        {
            FailTooLarge(now);
            _machine.EndTurn(now);
            WriteJournal();
            Send(now);
            CarryOut();
            Serve();
            _machine.TurnSent();
        }
        while (_tooLarge.Count > 0);
        SendHeld(now);
        if (now >= _nextHeartbeat)
            Heartbeat(now);
        long took = TurnDriver.NowUs - now;
        if (took > LongTurnUs)
            _machine.WasHeldUp(took);
    }

    private void Take(in Arrival arrival, long now)
    {
        switch (arrival.Kind)
        {
            case ArrivalKind.WorkerKnocks:
                SchedulerWorker? admitted = _machine.AdmitWorker(arrival.Pending!.Hello, now, out string refusal);
                if (admitted is not null)
                    _server.Welcome(arrival.Pending, admitted);
                else
                    _server.Refuse(arrival.Pending, refusal);
                break;
            case ArrivalKind.Attached:
                Attach(arrival.Session!, now);
                break;
            case ArrivalKind.WorkerDialsAgain:
                DialledAgain(arrival.Pending!);
                break;
            case ArrivalKind.Resumed:
                Resumed(arrival.Session!, now);
                break;
            case ArrivalKind.WorkerGone:
                Gone(arrival.Session!, arrival.Reason, now);
                break;
            case ArrivalKind.Messages:
                TakeMessages(arrival.Session!, arrival.Messages!, now);
                break;
            case ArrivalKind.Closed:
                Detach(arrival.Session!, arrival.Reason, now);
                break;
            case ArrivalKind.CallEnded:
                _machine.CallEnded(arrival.Call!.Id, arrival.Call.Value, arrival.Call.Error);
                break;
            case ArrivalKind.RelayEnded:
                _machine.RelayEnded(arrival.Relay!.Relay, arrival.Relay.Outcome, now);
                break;
            case ArrivalKind.Stop:
                _isStopping = true;
                break;
        }
    }

    private void Attach(PeerSession session, long now)
    {
        if (session.Admitted is { } worker)
        {
            if (!_machine.JoinWorker(worker, now))
            {
                session.Connection.Abort("another worker of the same name was faster");
                return;
            }

            session.Peer = worker;
        }
        else
        {
            SchedulerClient client = _machine.ConnectClient(session.Connection.Hello, now);
            if (_sessions.TryGetValue(client, out PeerSession? earlier))
                earlier.Connection.Abort("the client has connected anew");
            session.Peer = client;
        }

        _sessions[session.Peer] = session;
        session.LastWrite = now;
    }

    private void TakeMessages(PeerSession session, List<Message> messages, long now)
    {
        session.Pace.Heard();
        if (IsCurrent(session))
        {
            foreach (Message message in messages)
            {
                _machine.Handle(session.Peer!, message, now);
                if (!_machine.Keeps(message))
                    MessagePool.GiveBack(message);
            }
        }

        messages.Clear();
        if (_batches.Count < MaxPooledBatches)
            _batches.Enqueue(messages);
    }

    private void Detach(PeerSession session, string reason, long now)
    {
        if (CutOff(session, reason, now))
            return;
        if (IsCurrent(session))
        {
            _sessions.Remove(session.Peer!);
            if (session.Peer is SchedulerWorker worker)
                _machine.DisconnectWorker(worker, reason, now);
            else
                _machine.DisconnectClient((SchedulerClient)session.Peer!, now);
        }

        _ = CloseAsync(session);
    }

    private bool IsCurrent(PeerSession session) =>
        session.Peer is { } peer && _sessions.TryGetValue(peer, out PeerSession? current) && current == session;

    private void Send(long now)
    {
        foreach (SchedulerPeer peer in _machine.DirtyPeers)
        {
            if (!_sessions.TryGetValue(peer, out PeerSession? session))
                continue;
            bool isMore;
            do
            {
                isMore = peer.CollectPart(_outgoing);
                if (_outgoing.Count > 0)
                    Write(session, now);
            }
            while (isMore);
        }
    }

    private void Write(PeerSession session, long now)
    {
        try
        {
            foreach (Message message in _outgoing)
                Write(session, message);
            if (MayHold(session, now))
                Hold(session, now);
            else
                Flush(session, now);
            if (session.Connection.PendingBytes > _options.MaxPendingBytesPerPeer)
                session.Connection.Abort("it does not read what it is sent");
        }
        catch (TaskGraphException e)
        {
            // The receiving side of the connection reports the loss; here it is only noted.
            _options.Logger.LogDebug("{Peer} could not be written to: {Reason}", session.Peer!.Label, e.Message);
            session.Connection.Abort(e.Message);
        }
        finally
        {
            _outgoing.Clear();
        }
    }

    private void Write(PeerSession session, Message message)
    {
        if (message is ClusterInfo info)
            info.LongestGcPauseUs = _pauses.LongestUs;
        try
        {
            session.Connection.Write(message);
        }
        catch (MessageTooLargeException e) when (message is ComputeTasks compute)
        {
            _tooLarge.Add((session, Refusal(compute, e.Message)));
        }
    }

    /// <summary>
    /// A dispatch that fits into no frame (a task with very many inputs) fails its task instead of the worker.
    /// </summary>
    private static TasksFailed Refusal(ComputeTasks compute, string reason)
    {
        int inputs = compute.Dependencies.Count;
        foreach (int before in compute.InputsBefore.Span)
            inputs += before;
        TasksFailed failed = new();
        failed.Tasks.AddRange(compute.Tasks.Span);
        failed.Attempts.AddRange(compute.Attempts.Span);
        foreach (TaskId task in failed.Tasks.Span)
        {
            failed.Errors.Add(new TaskError(
                TaskErrorKind.ArgumentsNotDecoded,
                typeof(MessageTooLargeException).FullName!,
                $"the task with its {inputs} inputs cannot be sent to a worker; "
                    + $"combine the inputs in several steps, as a tree ({reason})",
                RemoteStack: "",
                task.ToString(),
                Worker: ""));
        }

        return failed;
    }

    private void FailTooLarge(long now)
    {
        foreach ((PeerSession session, TasksFailed failed) in _tooLarge)
        {
            if (IsCurrent(session))
                _machine.Handle(session.Peer!, failed, now);
        }

        _tooLarge.Clear();
    }

    private void CarryOut()
    {
        foreach (SchedulerEffect effect in _machine.Effects)
        {
            LogLevel level = effect.Level switch
            {
                EffectLevel.Debug => LogLevel.Debug,
                EffectLevel.Info => LogLevel.Information,
                _ => LogLevel.Warning,
            };
            _options.Logger.Log(level, "{Line}", effect.Text);
            if (effect.Close is { } peer && _sessions.TryGetValue(peer, out PeerSession? session))
                End(session, effect.Text);
        }
    }

    /// <summary>Does what the machine asks of the process; what it reads from here it sends in the next turn.</summary>
    private void Serve()
    {
        foreach (ServerRequest request in _machine.Requests)
        {
            switch (request)
            {
                case ServerRequest.Stop stop:
                    _stopReason = stop.Reason;
                    _isStopping = _isShutDown = true;
                    break;
                case ServerRequest.ReadLog read:
                    Answer(read);
                    break;
                case ServerRequest.Relay relay:
                    _relay.Start(relay);
                    break;
                case ServerRequest.Call call:
                    _calls.Start(call, end => BringAsync(new Arrival { Kind = ArrivalKind.CallEnded, Call = end }));
                    break;
            }
        }
    }

    private void Answer(ServerRequest.ReadLog read)
    {
        if (!_sessions.TryGetValue(read.Client, out PeerSession? session))
            return;
        _outgoing.Add(_log.Read(read.RequestId, read.From));
        Write(session, TurnDriver.NowUs);
    }

    private void Heartbeat(long now)
    {
        _nextHeartbeat = now + (HeartbeatIntervalMs * 1000L / 2);
        foreach (PeerSession session in _sessions.Values)
        {
            CheckSilence(session);
            if (now - session.LastWrite < HeartbeatIntervalMs * 1000L)
                continue;
            _outgoing.Add(new Heartbeat());
            Write(session, now);
        }
    }

    private void CloseAll(string reason)
    {
        List<Task> closing = [];
        foreach (PeerSession session in _sessions.Values)
        {
            if (_journal is null || _isShutDown)
            {
                _outgoing.Add(new Goodbye { Reason = reason });
                Write(session, TurnDriver.NowUs);
            }

            closing.Add(CloseAsync(session));
        }

        // What still waits in the inbox holds connections too.
        _inbox.Writer.TryComplete();
        while (_inbox.Reader.TryRead(out Arrival arrival))
        {
            if (arrival.Session is { } session)
                closing.Add(CloseAsync(session));
            if (arrival.Pending is { } pending)
                _server.Refuse(pending, reason);
        }

        Task.WaitAll([.. closing], TimeSpan.FromSeconds(5));
    }

    private async Task CloseAsync(PeerSession session)
    {
        try
        {
            await session.Connection.DisposeAsync();
        }
        catch (Exception e)
        {
            _options.Logger.LogDebug("closing a connection: {Reason}", e.Message);
        }
    }
}
