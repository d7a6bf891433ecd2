using TaskGraph.Scheduler.Machine;
using TaskGraph.Worker.Machine;

namespace Machines.Tests.Simulation;

/// <summary>
/// One connection's life of a worker: its machine, its store, its threads. Turns as the worker's loop takes them:
/// arrivals, ends of runs, decisions, instructions, one send.
/// </summary>
internal sealed partial class Incarnation
{
    private readonly Simulation _simulation;
    private readonly VirtualWorker _process;
    private readonly Queue<object> _arrivals = new();
    private readonly HashSet<Hash128> _announced = [];
    private readonly List<Message> _outgoing = [];
    private bool _isTurnPlanned;

    public Incarnation(Simulation simulation, VirtualWorker process, SchedulerWorker peer, Session session)
    {
        _simulation = simulation;
        _process = process;
        Peer = peer;
        Session = session;
        Machine = new WorkerMachine(new WorkerMachineOptions
        {
            OwnNumber = peer.Number,
            Threads = simulation.Scenario.Threads,
            DepthPerThread = simulation.Random.Next(1, 5),
            MaxRequestKeys = simulation.Random.Next(1, 6),
            MaxRequests = simulation.Random.Next(1, 5),
            BusyPauseUs = 3_000,
            FailurePauseUs = 2_000,
        });
    }

    public WorkerMachine Machine { get; }

    public SchedulerWorker Peer { get; }

    public Session Session { get; }

    public int Number => Peer.Number;

    /// <summary>The values that it holds.</summary>
    public Dictionary<TaskId, long> Store { get; } = [];

    /// <summary>Whether it is what its process is at the moment.</summary>
    public bool IsCurrent => _process.Current == this;

    private sealed record CodeArrival(Hash128 Function);

    /// <summary>Something has arrived: it is dealt with in the next turn.</summary>
    public void Post(object arrival)
    {
        _arrivals.Enqueue(arrival);
        PlanTurn();
    }

    private void PlanTurn()
    {
        if (_isTurnPlanned)
            return;
        _isTurnPlanned = true;
        _simulation.Time.At(_process.AwakeAtUs + _simulation.Random.Next(50), Turn);
    }

    private void Turn()
    {
        if (!IsCurrent)
            return;
        if (_process.FrozenUntilUs > _simulation.Time.NowUs)
        {
            _simulation.Time.At(_process.FrozenUntilUs, Turn);
            return;
        }

        _isTurnPlanned = false;
        while (_arrivals.TryDequeue(out var arrival))
            Take(arrival);
        HandleRuns();
        Machine.Decide(_simulation.Time.NowUs);
        while (CarryOut(values: null))
            Machine.Decide(_simulation.Time.NowUs);
        Machine.AssertInvariants();
        Send();
        if (Machine.NextWakeUs != long.MaxValue)
            _simulation.Time.At(Machine.NextWakeUs, PlanTurn);
    }

    private void Take(object arrival)
    {
        var now = _simulation.Time.NowUs;
        if (arrival is Message message)
            _simulation.Note($"{Peer.Name} ← {Trace.Of(message)}");
        switch (arrival)
        {
            case ComputeTasks compute: Machine.Handle(compute, now); break;
            case ComputeInputs inputs: Machine.Handle(inputs, now); break;
            case FreeTasks free: Machine.Handle(free, now); break;
            case RetractTasks retract: Machine.Handle(retract, now); break;
            case AbortTasks abort: Machine.Handle(abort, now); break;
            case HoldersRefreshed holders: Machine.Handle(holders, now); break;
            case WorkersJoined joined: Machine.Handle(joined, now); break;
            case WorkersLeft left: Machine.Handle(left, now); break;
            case DefineFunction define:
                _announced.Add(define.Id);
                _simulation.Time.After(_simulation.Random.Next(1_000), () => Post(new CodeArrival(define.Id)));
                break;
            case CodeArrival code: Machine.FunctionLoaded(code.Function, now); break;
            case FetchedValues fetched:
                Machine.Handle(fetched, now);
                CarryOut(fetched);
                break;
            default: throw new SimulationException($"{Peer.Name} was sent {arrival}");
        }
    }

    private void Send()
    {
        Machine.Outbox.Drain(_outgoing);
        foreach (var message in _outgoing)
        {
            _simulation.Note($"{Peer.Name} → {Trace.Of(message)}");
            Session.Up.Send(message);
        }

        _outgoing.Clear();
        Machine.Outbox.ClearMessages();
    }
}
