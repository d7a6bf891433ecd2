using TaskGraph.Scheduler.Machine;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// A worker from its first connection to its end: its machine, its store, its threads. Turns as the worker's loop takes
/// them: arrivals, ends of runs, decisions, instructions, one send.
/// </summary>
internal sealed partial class Incarnation
{
    private readonly VirtualCluster _cluster;
    private readonly VirtualWorker _process;
    private readonly Queue<object> _arrivals = new();
    private readonly HashSet<Hash128> _announced = [];
    private readonly List<Message> _outgoing = [];
    private readonly List<(WorkerTaskState From, WorkerTaskState To)> _moves = [];
    private long _movesRead;
    private bool _isTurnPlanned;

    public Incarnation(VirtualCluster cluster, VirtualWorker process, SchedulerWorker peer, Session session)
    {
        _cluster = cluster;
        _process = process;
        Peer = peer;
        Session = session;
        var choices = cluster.Choices;
        LatestSession = session;
        Machine = new WorkerMachine(WithDisk(new WorkerMachineOptions
        {
            OwnNumber = peer.Number,
            Threads = cluster.Scenario.Threads,
            DepthPerThread = choices.Next(1, 5),
            MaxRequestKeys = choices.Next(1, 6),
            MaxRequests = choices.Next(1, 5),
            PutLeaseUs = 20_000,
            BusyPauseUs = 3_000,
            FailurePauseUs = 2_000,
            RememberedTransitions = 1024,
        }));
    }

    public WorkerMachine Machine { get; }

    public SchedulerWorker Peer { get; private set; }

    public Session Session { get; private set; }

    public int Number => Peer.Number;

    public string Label => $"{_process.Name}/{Number}";

    /// <summary>The values that it holds.</summary>
    public Dictionary<TaskId, long> Store { get; } = [];

    /// <summary>Whether it is what its process is at the moment.</summary>
    public bool IsCurrent => _process.Current == this;

    /// <summary>Something has arrived: it is dealt with in the next turn.</summary>
    public void Post(object arrival)
    {
        _arrivals.Enqueue(arrival);
        PlanTurn();
    }

    /// <summary>A client puts a value here; <paramref name="onEnd"/> is told whether it is here then.</summary>
    public void Put(TaskId task, long value, Action<bool> onEnd) => Post(new PutArrival(task, value, onEnd));

    /// <summary>A client that has put values here has gone, or its data connection has.</summary>
    public void PutterGone(TaskId[] tasks) => Post(new Worker.Server.PutterGone(tasks));

    /// <summary>Something about the process has changed: a turn is taken.</summary>
    public void LookAgain() => PlanTurn();

    private sealed record CodeArrival(Hash128 Function, bool Loads);

    private sealed record PutArrival(TaskId Task, long Value, Action<bool> OnEnd);

    private void PlanTurn()
    {
        if (_isTurnPlanned)
            return;
        _isTurnPlanned = true;
        _cluster.Time.At(_process.AwakeAtUs + _cluster.Choices.Next(50), Turn);
    }

    private void Turn()
    {
        if (!IsCurrent)
            return;
        if (_process.FrozenUntilUs > _cluster.Time.NowUs)
        {
            _cluster.Time.At(_process.FrozenUntilUs, Turn);
            return;
        }

        _isTurnPlanned = false;
        while (_arrivals.TryDequeue(out var arrival))
        {
            Take(arrival);
            if (!IsCurrent)
                return;
        }

        HandleRuns();
        Machine.Decide(_cluster.Time.NowUs);
        while (CarryOut(values: null) | UpdatePause())
            Machine.Decide(_cluster.Time.NowUs);
        if (_cluster.CheckEvery == 1)
            Machine.AssertInvariants();
        Send();
        CountMoves();
        if (Machine.NextWakeUs != long.MaxValue)
            _cluster.Time.At(Machine.NextWakeUs, PlanTurn);
    }

    private void Take(object arrival)
    {
        var now = _cluster.Time.NowUs;
        if (arrival is Message message)
        {
            _cluster.Log?.Add($"{Label} ← {Trace.Of(message)}");
            NoteNamed(message);
        }

        switch (arrival)
        {
            case ComputeTasks compute: Machine.Handle(compute, now); break;
            case ComputeInputs inputs: Machine.Handle(inputs, now); break;
            case FreeTasks free: Machine.Handle(free, now); break;
            case RetractTasks retract: Machine.Handle(retract, now); break;
            case AbortTasks abort: Machine.Handle(abort, now); break;
            case HoldersRefreshed holders: Machine.Handle(holders, now); break;
            case WorkersJoined joined: Join(joined); break;
            case WorkersLeft left: Leave(left); break;
            case AcquireReplicas acquire: Acquire(acquire); break;
            case ReplicaArrival replica: TakeReplica(replica); break;
            case PutArrival put: TakePut(put); break;
            case Worker.Server.PutterGone gone: Machine.PutterGone(gone.Tasks, now); break;
            case Back back: TakeUp(back); break;
            case StoreArrival stored: TakeStored(stored); break;
            case LoadArrival loaded: TakeLoaded(loaded); break;
            case DamagedArrival damaged: Machine.Damaged(damaged.Task, now); break;
            case DefineFunction define: Announce(define.Id); break;
            case CodeArrival { Loads: true } code: Machine.FunctionLoaded(code.Function, now); break;
            case CodeArrival code: Machine.FunctionFailed(code.Function, VirtualCluster.NewError("no code"), now); break;
            case FetchedValues fetched:
                Machine.Handle(fetched, now);
                CarryOut(fetched);
                break;
            case Goodbye: _process.End(comesBack: false); break;
            case RestartProcess: _process.End(comesBack: true); break;
            default: throw new SimulationException($"{Label} was sent {arrival}");
        }
    }

    private void Announce(Hash128 function)
    {
        if (!_announced.Add(function))
            return;
        var fails = _cluster.Has(Faults.CodeFails) && _cluster.AreFaultsOn && _cluster.Choices.Chance(5);
        if (fails)
        {
            _cluster.Happened(Faults.CodeFails);
            _cluster.Events.HasCodeFailed = true;
        }

        _cluster.Time.After(_cluster.Choices.Next(1_000), () => Post(new CodeArrival(function, !fails)));
    }

    private void TakePut(PutArrival put)
    {
        if (Machine.Put(put.Task, sizeof(long), _cluster.Time.NowUs))
            Keep(put.Task, put.Value);
        put.OnEnd(Machine.Holds(put.Task));
    }

    private void Keep(TaskId task, long value)
    {
        Drop(task);
        _damaged.Remove(task);
        Store[task] = value;
    }

    private void Send()
    {
        Machine.Outbox.Drain(_outgoing);
        foreach (var message in _outgoing)
        {
            _cluster.Log?.Add($"{Label} → {Trace.Of(message)}");
            Session.Up.Send(message);
        }

        _outgoing.Clear();
        Machine.Outbox.ClearMessages();
    }

    private void CountMoves()
    {
        Machine.ReadMoves(_movesRead, _moves);
        _movesRead = Machine.MoveCount;
        foreach (var (from, to) in _moves)
            _cluster.Coverage.Moved(from, to);
        _moves.Clear();
    }
}
