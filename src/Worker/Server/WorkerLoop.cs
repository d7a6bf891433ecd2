using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TaskGraph.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Transport.Turns;
using TaskGraph.Worker.Actors;
using TaskGraph.Worker.Execution;
using TaskGraph.Worker.Machine;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>
/// The turns in which the worker's machine decides. It outlives the connection to the scheduler: see
/// <see cref="Return"/>. A turn takes every arrival, handles each, decides once, carries out the instructions and sends once.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The last turn disposes of the executor.")]
internal sealed partial class WorkerLoop : ITurnTaker
{
    private const long LookAgainUs = 1000;

    private readonly WorkerMachine _machine;
    private readonly TurnDriver _driver;
    private readonly TaskExecutor _executor;
    private readonly IRunHost _host;
    private Connection _scheduler;
    private readonly PeerConnections _peers;
    private readonly LogRing _log;
    private readonly WorkerServerOptions _options;
    private readonly ILogger _logger;
    private readonly CodeReceiver _code;
    private readonly FunctionCalls _calls;
    private readonly Dictionary<int, string> _addresses = [];
    private readonly List<Message> _outgoing = [];
    private readonly bool _endsWhenBroken;
    private EndPace _pace;
    private EndPace _nextPace;
    private readonly List<TaskRun> _starting = [];
    private readonly List<(int Row, int Serial, bool Accepted)> _takenBack = [];
    private readonly TaskCompletionSource<string> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<object> _arrivals = [];
    private List<TaskRun> _ended = [];
    private List<TaskRun> _seceded = [];
    private RunOutcome[] _outcomes = new RunOutcome[64];
    private TaskRun?[] _runs = new TaskRun?[256];
    private volatile string? _stopReason;

    public WorkerLoop(
        Connection scheduler,
        WorkerServerOptions options,
        IRunHost host,
        FunctionLoader loader,
        PeerConnections peers,
        LogRing log)
    {
        _scheduler = scheduler;
        _host = host;
        _peers = peers;
        _log = log;
        _options = options;
        _logger = options.Logger;
        _endsWhenBroken = !options.SharesProcess;
        _driver = new TurnDriver(this, $"{host.WorkerName} loop");
        Mailbox = new Mailbox(_driver.Drive);
        _maxServedBytes = options.MaxServedBytes;
        _ladder = CreateLadder(options);
        _spill = CreateSpill(options);
        _machine = new WorkerMachine(MachineOptions(scheduler.Welcome.WorkerNumber, options));
        _grace = options.CancelGrace;
        _endsWhenStuck = options.EndsToRestart;
        _executor = new TaskExecutor(options.Threads, $"{host.WorkerName} tasks", _driver.DriveLater, _driver.Drive)
        {
            Grace = _grace,
            Board = options.Board,
            FoundStuck = run => Mailbox.Post(new StuckArrival(run)),
        };
        _code = new CodeReceiver(loader, scheduler, Mailbox, $"{host.WorkerName} {host.WorkerAddress}", _logger);
        _calls = new FunctionCalls(_code, host);
        Actors = new ActorTable(host, loader, _logger);
        if (_spill is not null)
            Store.FileUnused += _spill.Remove;
        if (_ladder is not null && !options.SharesProcess)
            _watch = new MemoryWatch(_ladder, step => Mailbox.Post(step));
    }

    /// <summary>What waits for the loop.</summary>
    public Mailbox Mailbox { get; }

    /// <summary>The values that the worker holds.</summary>
    public ObjectStore Store { get; } = new();

    /// <summary>The actors of this incarnation.</summary>
    public ActorTable Actors { get; }

    /// <summary>Runs that hold a slot.</summary>
    public int RunningCount => _executor.RunningCount;

    /// <summary>Completes, with the reason, when the loop has ended.</summary>
    public Task<string> Stopped => _stopped.Task;

    /// <summary>Starts the turns and the loading of code.</summary>
    public void Start()
    {
        _ = _code.RunAsync();
        _driver.Start();
    }

    /// <summary>Ends the loop soon; runs are cancelled and their results thrown away.</summary>
    public void Stop(string reason)
    {
        _stopReason ??= reason;
        _driver.DriveLater();
    }

    private static long NowUs() => TurnDriver.NowUs;

    long ITurnTaker.TakeTurn()
    {
        if (_stopReason is not null)
            return TurnDriver.Over;
        Turn();
        // Ends that gather behind queued runs are looked for soon; without any, each end brings itself.
        return _stopReason is not null ? TurnDriver.Over
            : _pace != EndPace.Each && _executor.HasWaiting ? Math.Min(NowUs() + LookAgainUs, _machine.NextWakeUs)
            : _machine.NextWakeUs;
    }

    void ITurnTaker.End(Exception? failure)
    {
        var reason = _stopReason ?? "";
        if (failure is not null)
        {
            // An inconsistency would only spread: the worker ends, and the nanny starts a fresh one.
            _logger.LogCritical(failure, "The worker's loop failed");
            reason = $"the worker's loop failed: {failure.Message}";
            _scheduler.Abort(reason);
        }

        Close();
        _stopped.TrySetResult(reason);
    }

    private void Turn()
    {
        Mailbox.Take(ref _arrivals);
        var isLook = _arrivals.Count == 0;
        foreach (var arrival in _arrivals)
            Handle(arrival);
        _arrivals.Clear();
        HandleRuns(isLook);
        _machine.Decide(NowUs());
        while (CarryOut(values: null) | UpdatePause())
            _machine.Decide(NowUs());
        Send();
        if (BrokenRuntime.Reason is not null && _endsWhenBroken)
            _stopReason ??= Goodbyes.Broken;
    }

    private void Handle(object arrival)
    {
        switch (arrival)
        {
            case ComputeTasks message:
                _machine.Handle(message, NowUs());
                break;
            case ComputeInputs message:
                _machine.Handle(message, NowUs());
                break;
            case FreeTasks message:
                _machine.Handle(message, NowUs());
                break;
            case RetractTasks message:
                _machine.Handle(message, NowUs());
                break;
            case AbortTasks message:
                _machine.Handle(message, NowUs());
                break;
            case HoldersRefreshed message:
                _machine.Handle(message, NowUs());
                break;
            case WorkersJoined message:
                Joined(message);
                break;
            case WorkersLeft message:
                Left(message);
                break;
            case DefineFunction message:
                _code.Post(message);
                break;
            case AssemblyBytes message:
                _code.Post(message);
                break;
            case CodeArrival { Error: null } code:
                _machine.FunctionLoaded(code.Function, NowUs());
                break;
            case CodeArrival { Error: { } error } code:
                _machine.FunctionFailed(code.Function, error, NowUs());
                break;
            case FetchResult result:
                _machine.Handle(result, NowUs());
                CarryOut(result);
                break;
            case PutArrival put:
                Put(put);
                break;
            case PutterGone gone:
                _machine.PutterGone(gone.Tasks, NowUs());
                break;
            case AcquireReplicas message:
                Acquire(message);
                break;
            case ReplicaArrival replica:
                TakeReplica(replica);
                break;
            case StoreArrival or LoadArrival or DamagedArrival or LadderStep:
                HandleMemory(arrival);
                break;
            case RunFunction message:
                _calls.Start(message, _scheduler);
                break;
            case Return message:
                Rejoin(message);
                break;
            case LogRequest message:
                _scheduler.Write(_log.Read(message.RequestId, message.From));
                _scheduler.Flush();
                break;
            case TaskMovesRequest message:
                _scheduler.Write(new TaskMoves { RequestId = message.RequestId, Text = _machine.Story(message.Task) });
                _scheduler.Flush();
                break;
            case DumpRequest message:
                _scheduler.Write(Dump(message));
                _scheduler.Flush();
                break;
            case StuckArrival stuck:
                TakeStuck(stuck.Run);
                break;
            case RestartProcess message:
                _logger.LogInformation("The scheduler wants a fresh worker: {Reason}", message.Reason);
                _stopReason ??= Goodbyes.Restart;
                break;
            case Goodbye message:
                _logger.LogInformation("The scheduler says goodbye: {Reason}", message.Reason);
                _stopReason ??= Goodbyes.FromScheduler;
                break;
        }
    }

    /// <summary>Takes up work under a new incarnation: first of all the scheduler is told what is here.</summary>
    private void Rejoin(Return back)
    {
        _scheduler = back.Scheduler;
        _code.Post(back);
        _addresses.Clear();
        _replicaRequests.Clear();
        _machine.Rejoin(_scheduler.Welcome.WorkerNumber, _outgoing, NowUs());
        foreach (var message in _outgoing)
            _scheduler.Write(message);
        _scheduler.Flush();
        _outgoing.Clear();
    }

    private void Joined(WorkersJoined message)
    {
        for (var i = 0; i < message.Numbers.Count; i++)
            _addresses[message.Numbers[i]] = message.Addresses[i];
        _machine.Handle(message, NowUs());
    }

    private void Left(WorkersLeft message)
    {
        _machine.Handle(message, NowUs());
        foreach (var number in message.Numbers.Span)
        {
            if (_addresses.Remove(number, out var address))
                WorkerLeft?.Invoke(address);
        }
    }

    /// <summary>The scheduler says that the worker at this address is gone.</summary>
    public event Action<string>? WorkerLeft;

    private void Put(PutArrival put)
    {
        var payload = Payloads.FromAttachments(put.Message.Attachments);
        if (_machine.Put(put.Message.Task, payload.ByteCount, NowUs()))
            Store.Put(StoredValue.OfPayload(put.Message.Task, payload));
        put.Connection.Write(new PutDataReply
        {
            RequestId = put.Message.RequestId,
            Bytes = payload.ByteCount,
            Error = _machine.Holds(put.Message.Task) ? "" : "it is on its way here already, from elsewhere",
        });
        put.Connection.Flush();
    }

    private void Send()
    {
        _machine.Outbox.Drain(_outgoing);
        if (_outgoing.Count == 0)
            return;
        foreach (var message in _outgoing)
            _scheduler.Write(message);
        _scheduler.Flush();
        _outgoing.Clear();
        _machine.Outbox.ClearMessages();
    }

    private void Close()
    {
        _code.Close();
        foreach (var run in _runs)
        {
            if (run is not null)
                _executor.Cancel(run);
        }

        _executor.Dispose();
        Actors.Close();
        CloseMemory();
    }
}
