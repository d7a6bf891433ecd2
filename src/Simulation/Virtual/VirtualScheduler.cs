using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>The scheduler's shell: arrivals are taken in turns, and what the machine says goes out on the links.</summary>
internal sealed class VirtualScheduler
{
    private readonly VirtualCluster _cluster;
    private readonly Dictionary<SchedulerPeer, Session> _sessions = [];
    private readonly Queue<Action> _arrivals = new();
    private readonly List<Message> _outgoing = [];
    private bool _isTurnPlanned;
    private long _timerAt = long.MaxValue;
    private readonly HashSet<ulong> _recovered = [];
    private long _downUntilUs;

    public VirtualScheduler(VirtualCluster cluster)
    {
        _cluster = cluster;
        Journal = cluster.Has(Faults.Restarts | Faults.Compactions) ? new VirtualJournal(cluster) : null;
        Machine = NewMachine();
    }

    public SchedulerMachine Machine { get; private set; }

    /// <summary>What it writes down; null = nothing.</summary>
    public VirtualJournal? Journal { get; }

    public ulong Epoch { get; private set; } = 1;

    public long TurnCount { get; private set; }

    /// <summary>Ticks of <see cref="System.Diagnostics.Stopwatch"/> spent in the machine.</summary>
    public long MachineTicks { get; private set; }

    /// <summary>Workers that take part, as the scheduler sees it.</summary>
    public IEnumerable<SchedulerWorker> Workers => _sessions.Keys.OfType<SchedulerWorker>().Where(w => w.IsConnected);

    public bool Knows(SchedulerWorker worker) => worker.IsConnected && _sessions.ContainsKey(worker);

    /// <summary>Something has arrived: it is dealt with in the next turn.</summary>
    public void Post(Action arrival)
    {
        _arrivals.Enqueue(arrival);
        PlanTurn();
    }

    /// <summary>Admits a worker; null = refused.</summary>
    public SchedulerWorker? Admit(Hello hello) =>
        IsDown ? null : Machine.AdmitWorker(hello, _cluster.Time.NowUs, out _);

    public bool Join(SchedulerWorker worker, ulong epoch, Session session)
    {
        if (IsDown || epoch != Epoch || !Machine.JoinWorker(worker, _cluster.Time.NowUs))
            return false;
        _sessions[worker] = session;
        return true;
    }

    /// <summary>A worker that was cut off dials again; false = its session is over.</summary>
    public bool Resume(Session session, SchedulerWorker worker)
    {
        if (IsDown || session.IsCut || !worker.IsConnected || !IsCurrent(session, worker))
            return false;

        // The worker knows better whether the old link is of any use.
        Machine.InterruptWorker(worker, "it has dialled anew", _cluster.Time.NowUs);
        session.GoOn();
        Machine.ResumeWorker(worker, _cluster.Time.NowUs);
        return true;
    }

    /// <summary>Whether it knows clients from before its start.</summary>
    public bool HasRecovered(ulong client) => _recovered.Contains(client);

    /// <summary>Takes in a client; null = nobody answers.</summary>
    public SchedulerClient? Connect(Hello hello, Session session)
    {
        if (IsDown)
            return null;
        var client = Machine.ConnectClient(hello, _cluster.Time.NowUs);
        _sessions[client] = session;
        return client;
    }

    /// <summary>A message has come over a session of a peer.</summary>
    public void Receive(Session session, SchedulerPeer peer, Message message) => Post(() =>
    {
        if (!IsCurrent(session, peer))
            return;
        if (message is not Heartbeat)
            _cluster.Log?.Add($"scheduler ← {peer.Label}: {Trace.Of(message)}");
        _cluster.Checks.BeforeScheduler(peer, message);
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        Machine.Handle(peer, message, _cluster.Time.NowUs);
        MachineTicks += System.Diagnostics.Stopwatch.GetTimestamp() - start;
        _cluster.Checks.AfterScheduler(peer, message);
    });

    /// <summary>The scheduler notices that the link of a session is gone, which may go on over another.</summary>
    public void NoticeCut(Session session, SchedulerWorker worker, string reason) => Post(() =>
    {
        if (!IsCurrent(session, worker) || !(session.IsHeld || session.IsCut))
            return;
        _cluster.Log?.Add($"scheduler notices that {worker.Label} is cut off: {reason}");
        Machine.InterruptWorker(worker, reason, _cluster.Time.NowUs);
    });

    /// <summary>The scheduler notices that a session is gone.</summary>
    public void NoticeClosed(Session session, SchedulerPeer peer, string reason) => Post(() =>
    {
        if (!IsCurrent(session, peer))
            return;
        _cluster.Log?.Add($"scheduler notices the end of {peer.Label}: {reason}");
        _sessions.Remove(peer);
        Disconnect(peer, reason);
    });

    private void Disconnect(SchedulerPeer peer, string reason)
    {
        if (peer is SchedulerWorker worker)
            Machine.DisconnectWorker(worker, reason, _cluster.Time.NowUs);
        else
            Machine.DisconnectClient((SchedulerClient)peer, _cluster.Time.NowUs);
    }

    /// <summary>The process dies with all that is not on disk, and another starts in its place.</summary>
    public void Crash(long downUs, bool keepsJournal)
    {
        _cluster.Log?.Add("the scheduler dies");
        _cluster.Checks.Flush();
        _cluster.Checks.JournalTellsAll();
        _downUntilUs = _cluster.Time.NowUs + downUs;
        foreach (var session in _sessions.Values)
        {
            session.Cut();
            _cluster.Time.After(_cluster.Choices.Next(2_000), () => session.Closed("the scheduler is gone"));
        }

        _sessions.Clear();
        Epoch++;
        _recovered.Clear();
        keepsJournal &= Journal is not null;
        if (keepsJournal)
        {
            _cluster.Events.RestartCount++;
            Journal!.Tear();
            Machine = NewMachine();
            Journal.ReplayInto(Machine);
            Machine.StartAfterReplay(_downUntilUs);
            _recovered.UnionWith(Machine.RecoveredClients);
        }
        else
        {
            _cluster.Events.CrashCount++;
            Journal?.Clear();
            Machine = NewMachine();
        }

        Journal?.Follow(Machine);
        _timerAt = long.MaxValue;
        _cluster.Time.At(_downUntilUs, PlanTurn);
        _cluster.Checks.SchedulerForgot(keepsJournal);
    }

    private bool IsDown => _cluster.Time.NowUs < _downUntilUs;

    /// <summary>A machine that has heard nothing yet.</summary>
    public SchedulerMachine NewMachine() => new(new SchedulerMachineOptions
    {
        Epoch = Epoch,
        SuspectAfterUs = 30_000,
        WorkerLeaseUs = VirtualCluster.WorkerLeaseUs,
        ClientLeaseUs = VirtualCluster.ClientLeaseUs,
        TickUs = 10_000,
        OverdueUs = 2_000,
        PartitionUs = 20_000,
        LongestPartitionUs = 200_000,
        GraceUs = VirtualCluster.WorkerLeaseUs,
        StragglerLookUs = 500,
        LeastStragglerUs = 1_500,
        Outbox = OutboxOf(_cluster.Scenario),
    })
    {
        Journal = Journal is null ? null : new JournalOutbox(),
    };

    private bool IsCurrent(Session session, SchedulerPeer peer) =>
        _sessions.TryGetValue(peer, out var current) && current == session;

    private void PlanTurn()
    {
        if (_isTurnPlanned)
            return;
        _isTurnPlanned = true;
        _cluster.Time.After(_cluster.Choices.Next(100), Turn);
    }

    private void Turn()
    {
        _isTurnPlanned = false;
        while (_arrivals.TryDequeue(out var arrival))
            arrival();
        var now = _cluster.Time.NowUs;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        Machine.EndTurn(now);
        MachineTicks += System.Diagnostics.Stopwatch.GetTimestamp() - start;
        if (++TurnCount % _cluster.CheckEvery == 0)
            Machine.AssertInvariants();
        Journal?.Take();
        Send();
        CarryOut();
        Machine.TurnSent();
        _cluster.Checks.SchedulerTurnEnded();
        PlanTimer();
    }

    private void Send()
    {
        foreach (var peer in Machine.DirtyPeers)
        {
            if (!_sessions.TryGetValue(peer, out var session))
                continue;
            while (peer.CollectPart(_outgoing))
                Send(peer, session);
            Send(peer, session);
        }
    }

    private void Send(SchedulerPeer peer, Session session)
    {
        foreach (var message in _outgoing)
        {
            _cluster.Log?.Add($"scheduler → {peer.Label}: {Trace.Of(message)}");
            _cluster.Checks.SentByScheduler(peer, message);
            session.Down.Send(message);
        }

        _outgoing.Clear();
    }

    private static OutboxLimits OutboxOf(Scenario scenario) => new()
    {
        MaxInputs = scenario.InputsPerMessage > 0 ? scenario.InputsPerMessage : OutboxLimits.Default.MaxInputs,
        MaxPartMessages = scenario.MessagesPerPart > 0 ? scenario.MessagesPerPart : OutboxLimits.Default.MaxPartMessages,
    };

    private void CarryOut()
    {
        foreach (var relay in Machine.Requests.OfType<ServerRequest.Relay>())
            Carry(relay);
        foreach (var effect in Machine.Effects)
        {
            _cluster.Log?.Add($"scheduler: {effect.Text}");
            if (effect.Close is not { } peer || !_sessions.Remove(peer, out var session))
                continue;
            session.Cut();
            var machine = Machine;
            Post(() =>
            {
                if (machine == Machine)
                    Disconnect(peer, "it was closed");
            });
            _cluster.Time.After(_cluster.Choices.Next(2_000), () => session.Closed("the scheduler has closed it"));
        }
    }

    /// <summary>Brings a value from one worker to another, which cannot reach the first.</summary>
    private void Carry(ServerRequest.Relay relay)
    {
        var epoch = Epoch;
        _cluster.Log?.Add($"the scheduler brings {relay.Task} from {relay.SourceAddress} to {relay.TargetAddress}");
        new VirtualRelay(_cluster, relay, outcome => Post(() =>
        {
            if (Epoch == epoch)
                Machine.RelayEnded(relay, outcome, _cluster.Time.NowUs);
        })).Start();
    }

    private void PlanTimer()
    {
        var at = Machine.NextDeadline;
        if (at == long.MaxValue || (_timerAt <= at && _timerAt > _cluster.Time.NowUs))
            return;
        _timerAt = at;
        _cluster.Time.At(at, () => { if (!_isTurnPlanned) Turn(); }, isWork: false);
    }
}
