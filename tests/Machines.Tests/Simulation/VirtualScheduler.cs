using TaskGraph.Scheduler.Machine;

namespace Machines.Tests.Simulation;

/// <summary>The scheduler's shell: arrivals are taken in turns, and what the machine says goes out on the links.</summary>
internal sealed class VirtualScheduler
{
    private readonly Simulation _simulation;
    private readonly Dictionary<SchedulerPeer, Session> _sessions = [];
    private readonly Queue<Action> _arrivals = new();
    private readonly List<Message> _outgoing = [];
    private bool _isTurnPlanned;
    private long _timerAt = long.MaxValue;

    public VirtualScheduler(Simulation simulation)
    {
        _simulation = simulation;
        Machine = new SchedulerMachine(new SchedulerMachineOptions
        {
            SuspectAfterUs = 30_000,
            WorkerLeaseUs = 100_000,
            ClientLeaseUs = Simulation.ClientLeaseUs,
            TickUs = 10_000,
            OverdueUs = 2_000,
        });
    }

    public SchedulerMachine Machine { get; }

    /// <summary>Workers that take part, as the scheduler sees it.</summary>
    public IEnumerable<SchedulerWorker> Workers => _sessions.Keys.OfType<SchedulerWorker>().Where(w => w.IsConnected);

    public bool Knows(SchedulerWorker worker) => worker.IsConnected && _sessions.ContainsKey(worker);

    /// <summary>Something has arrived: it is dealt with in the next turn.</summary>
    public void Post(Action arrival)
    {
        _arrivals.Enqueue(arrival);
        PlanTurn();
    }

    public SchedulerWorker? Admit(Hello hello) => Machine.AdmitWorker(hello, _simulation.Time.NowUs, out _);

    public bool Join(SchedulerWorker worker, Session session)
    {
        if (!Machine.JoinWorker(worker, _simulation.Time.NowUs))
            return false;
        _sessions[worker] = session;
        return true;
    }

    public SchedulerClient Connect(Hello hello, Session session)
    {
        var client = Machine.ConnectClient(hello, _simulation.Time.NowUs);
        _sessions[client] = session;
        return client;
    }

    /// <summary>A message has come over a session of a peer.</summary>
    public void Receive(Session session, SchedulerPeer peer, Message message) => Post(() =>
    {
        if (!IsCurrent(session, peer))
            return;
        if (message is not Heartbeat)
            _simulation.Note($"scheduler ← {peer.Label}: {Trace.Of(message)}");
        _simulation.Checks.BeforeScheduler(peer, message);
        Machine.Handle(peer, message, _simulation.Time.NowUs);
        _simulation.Checks.AfterScheduler(peer, message);
    });

    /// <summary>The scheduler notices that a session is gone.</summary>
    public void NoticeClosed(Session session, SchedulerPeer peer, string reason) => Post(() =>
    {
        if (!IsCurrent(session, peer))
            return;
        _simulation.Note($"scheduler notices the end of {peer.Label}: {reason}");
        _sessions.Remove(peer);
        if (peer is SchedulerWorker worker)
            Machine.DisconnectWorker(worker, reason, _simulation.Time.NowUs);
        else
            Machine.DisconnectClient((SchedulerClient)peer, _simulation.Time.NowUs);
    });

    private bool IsCurrent(Session session, SchedulerPeer peer) =>
        _sessions.TryGetValue(peer, out var current) && current == session;

    private void PlanTurn()
    {
        if (_isTurnPlanned)
            return;
        _isTurnPlanned = true;
        _simulation.Time.After(_simulation.Random.Next(100), Turn);
    }

    private void Turn()
    {
        _isTurnPlanned = false;
        while (_arrivals.TryDequeue(out var arrival))
            arrival();
        var now = _simulation.Time.NowUs;
        Machine.EndTurn(now);
        Machine.AssertInvariants();
        Send();
        CarryOut();
        Machine.TurnSent();
        PlanTimer();
    }

    private void Send()
    {
        foreach (var peer in Machine.DirtyPeers)
        {
            if (!_sessions.TryGetValue(peer, out var session))
                continue;
            peer.Collect(_outgoing);
            foreach (var message in _outgoing)
            {
                _simulation.Note($"scheduler → {peer.Label}: {Trace.Of(message)}");
                _simulation.Checks.SentByScheduler(peer, message);
                session.Down.Send(message);
            }

            _outgoing.Clear();
        }
    }

    private void CarryOut()
    {
        foreach (var effect in Machine.Effects)
        {
            _simulation.Note($"scheduler: {effect.Text}");
            if (effect.Close is not { } peer || !_sessions.Remove(peer, out var session))
                continue;
            session.Cut();
            _simulation.Time.After(_simulation.Random.Next(2_000), () => session.Closed("the scheduler has closed it"));
        }
    }

    private void PlanTimer()
    {
        var at = Machine.NextDeadline;
        if (at == long.MaxValue || (_timerAt <= at && _timerAt > _simulation.Time.NowUs))
            return;
        _timerAt = at;
        _simulation.Time.At(at, () => { if (!_isTurnPlanned) Turn(); }, isWork: false);
    }
}
