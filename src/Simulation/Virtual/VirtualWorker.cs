using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// A worker process: dials the scheduler, and again when its connection is gone: within its lease the session goes on,
/// beyond it the worker comes as a new incarnation with what it holds and runs.
/// </summary>
internal sealed class VirtualWorker(VirtualCluster cluster, string name)
{
    private readonly VirtualCluster _cluster = cluster;
    private TaskId[] _ranAtDeath = [];
    private bool _isDialling;

    public string Name { get; } = name;

    public string Address { get; init; } = $"sim://{name}";

    /// <summary>How many times longer than elsewhere its tasks run.</summary>
    public int Slowness { get; init; } = 1;

    /// <summary>What its link to the scheduler carries in a millisecond; 0 = any number of bytes.</summary>
    public int BytesPerMs { get; init; }

    /// <summary>What it has of the resource that tasks take.</summary>
    public int Licences { get; init; }

    public int ProcessId { get; init; }

    /// <summary>The process in whose place this one was started, whose death its nanny knows of; null = none.</summary>
    public VirtualWorker? Predecessor { get; set; }

    public bool IsDead { get; private set; }

    /// <summary>Nothing happens in the process until then.</summary>
    public long FrozenUntilUs { get; set; }

    /// <summary>It says until then that it starts nothing.</summary>
    public long PausedUntilUs { get; set; }

    /// <summary>Its disk takes nothing until then.</summary>
    public long DiskFullUntilUs { get; set; }

    /// <summary>What it has been since it first took part; null before.</summary>
    public Incarnation? Current { get; private set; }

    /// <summary>When the process can do something that it was to do now.</summary>
    public long AwakeAtUs => Math.Max(_cluster.Time.NowUs, FrozenUntilUs);

    /// <summary>The values that the process serves to others, if it serves any.</summary>
    public Dictionary<TaskId, long>? Served => IsDead ? null : Current?.Store;

    /// <summary>Who serves values in it, if anybody does.</summary>
    public Incarnation? Serving => IsDead ? null : Current;

    public static string NameOf(int number) => $"w{number}";

    public void Dial()
    {
        if (IsDead)
            return;
        if (AwakeAtUs > _cluster.Time.NowUs)
            _cluster.Time.At(AwakeAtUs, Dial);
        else if (Current is { } current)
            _cluster.Scheduler.Post(() => Resume(current));
        else
            DialAnew();
    }

    private void Resume(Incarnation current)
    {
        if (IsDead)
            return;
        if (!_cluster.Scheduler.Resume(current.Session, current.Peer))
        {
            _cluster.Time.After(_cluster.Choices.Next(500), DialAnew);
            return;
        }

        _cluster.Log?.Add($"{Name} goes on with its session");
        _isDialling = false;
    }

    private void DialAnew()
    {
        if (IsDead)
            return;
        var hello = new Hello
        {
            Role = PeerRole.Worker,
            Name = Name,
            DataAddress = Address,
            ProcessId = ProcessId,
            Threads = _cluster.Scenario.Threads,
            Incarnation = ((ulong)_cluster.Choices.Next(int.MaxValue) << 20) + _cluster.NextIncarnation(),
            FormerIncarnation = Current?.Peer.Hello.Incarnation ?? 0,
        };
        hello.Resources.Add(new ResourceAmount(Graphs.Licence, Licences));
        _cluster.Scheduler.Post(() =>
        {
            if (_cluster.Scheduler.Admit(hello) is { } admitted)
            {
                var epoch = _cluster.Scheduler.Epoch;
                _cluster.Time.After(_cluster.Choices.Next(500), () => Join(admitted, epoch));
            }
            else
            {
                DialLater();
            }
        });
    }

    /// <summary>The process is gone; the scheduler notices in its own time.</summary>
    public void Die(long noticedAfterUs)
    {
        if (IsDead)
            return;
        _cluster.Log?.Add($"{Name} dies");
        IsDead = true;
        if (Current is { } current)
        {
            _ranAtDeath = [.. current.Running.Select(run => run.Task)];
            Break(current, noticedAfterUs);
        }

        Current = null;
    }

    /// <summary>The scheduler has said goodbye: the process says so, too, and ends.</summary>
    public void End(bool comesBack)
    {
        if (IsDead)
            return;
        _cluster.Log?.Add($"{Name} ends");
        IsDead = true;
        if (Current is { } current)
        {
            current.Session.Up.Send(new Goodbye { Reason = "asked to" });
            _cluster.Time.After(5_000, () =>
                _cluster.Scheduler.NoticeClosed(current.Session, current.Peer, "it has ended"));
        }

        Current = null;

        // Somebody has to be there, and whoever a restriction may name.
        if (comesBack || _cluster.Has(Faults.Restrictions) || !_cluster.LiveProcesses.Any())
            _cluster.AddWorker(1_000, Name);
    }

    /// <summary>The connection is cut: nothing arrives any more, and each side sees it in its own time.</summary>
    public void CutConnection(long noticedAfterUs, long seenAfterUs)
    {
        if (Current is not { Session: { IsCut: false, IsHeld: false } session } current)
            return;
        _cluster.Log?.Add($"the connection of {Name} is cut");
        session.Hold();
        var peer = current.Peer;
        _cluster.Time.After(noticedAfterUs, () => _cluster.Scheduler.NoticeCut(session, peer, "its connection was cut"));
        _cluster.Time.After(seenAfterUs, () => Lose(current, session));
    }

    /// <summary>Nobody is at this end any more: the scheduler finds nobody who listens.</summary>
    private void Break(Incarnation current, long noticedAfterUs)
    {
        var (session, peer) = (current.Session, current.Peer);
        session.Cut();
        var foundAfterUs = _cluster.Choices.Next(noticedAfterUs > 3_000 ? 2 : 1_000);
        _cluster.Time.After(noticedAfterUs, () => _cluster.Scheduler.NoticeCut(session, peer, "its connection is gone"));
        _cluster.Time.After(noticedAfterUs + foundAfterUs, () =>
            _cluster.Scheduler.NoticeClosed(session, peer, "nobody listens there"));
    }

    /// <summary>In one direction nothing passes for a while; what waits comes after the senders' last pause has ended.</summary>
    public void Stall(bool isUp, long durationUs)
    {
        if (Current is not { } current)
            return;
        _cluster.Log?.Add($"nothing passes {(isUp ? "from" : "to")} {Name} for {durationUs} µs");

        // TCP's pauses double: after the cut it stays silent for up to as long again.
        var until = _cluster.Time.NowUs + durationUs + _cluster.Choices.Exponential(durationUs / 5);
        var link = isUp ? current.Session.Up : current.Session.Down;
        link.StalledUntilUs = Math.Max(link.StalledUntilUs, until);
    }

    /// <summary>Whether it is to pause has changed.</summary>
    public void LookAgain() => Current?.LookAgain();

    /// <summary>Says that it is there, and whether it starts tasks.</summary>
    public void SayHow()
    {
        if (FrozenUntilUs > _cluster.Time.NowUs || Current is not { } current)
            return;
        var isPaused = current.IsPaused;
        current.Session.Up.Send(new Heartbeat { Status = isPaused ? HeartbeatStatus.Paused : HeartbeatStatus.Running });
    }

    private void DialLater()
    {
        // Another process has the name: whoever started this one reads so, and ends it.
        if (_cluster.LiveProcesses.Any(other => other != this && other.Name == Name
            && other.Current is { } current && _cluster.Scheduler.Knows(current.Peer)))
            (IsDead, Current) = (true, null);
        else
            _cluster.Time.After(1_000 + _cluster.Choices.Next(20_000), Dial);
    }

    private void Join(SchedulerWorker admitted, ulong epoch)
    {
        if (IsDead)
            return;
        var incarnation = Current;
        Session? session = null;
        session = new Session
        {
            Up = new Link(_cluster, $"{Name} to scheduler", message => _cluster.Scheduler.Receive(session!, admitted, message))
            {
                BytesPerMs = BytesPerMs,
                IsDoubling = _cluster.Has(Faults.Duplicates),
            },
            Down = new Link(_cluster, $"scheduler to {Name}", message => incarnation!.Post(message))
            {
                BytesPerMs = BytesPerMs,
                IsDoubling = _cluster.Has(Faults.Duplicates),
            },
            Closed = _ => Lose(incarnation!, session!),
        };
        incarnation ??= new Incarnation(_cluster, this, admitted, session);
        _cluster.Scheduler.Post(() =>
        {
            if (!IsDead && _cluster.Scheduler.Join(admitted, epoch, session))
                Start(incarnation, admitted, session);
            else
                DialLater();
        });
    }

    private void Start(Incarnation incarnation, SchedulerWorker admitted, Session session)
    {
        _isDialling = false;
        if (Current == incarnation)
        {
            incarnation.Return(admitted, session);
            return;
        }

        Current = incarnation;
        _cluster.Incarnations.Add(incarnation);
        _cluster.Log?.Add($"{Name} takes part as worker {incarnation.Number}");
        if (Predecessor is { } dead)
            Report(session, dead);
        Beat(incarnation);
    }

    private void Report(Session session, VirtualWorker dead)
    {
        var isForMemory = _cluster.Choices.Chance(40);
        _cluster.Events.HasReportedMemory |= isForMemory;
        _cluster.Happened(Faults.DeathReports);
        var report = new PredecessorDied
        {
            ProcessId = dead.ProcessId,
            Reason = isForMemory ? "ended for its memory" : "exit code 134",
            ForMemory = isForMemory ? (byte)1 : (byte)0,

            // Of every other process it is not known what it ran.
            KnowsRunning = (byte)(dead.ProcessId % 2),
        };
        if (report.KnowsRunning != 0)
            report.Running.AddRange(dead._ranAtDeath);
        session.Up.Send(report);
    }

    private void Beat(Incarnation incarnation)
    {
        if (Current != incarnation)
            return;
        SayHow();
        _cluster.Time.After(10_000, () => Beat(incarnation), isWork: false);
    }

    private void Lose(Incarnation incarnation, Session session)
    {
        if (Current != incarnation || incarnation.LatestSession != session || _isDialling)
            return;
        if (FrozenUntilUs > _cluster.Time.NowUs)
        {
            _cluster.Time.At(FrozenUntilUs, () => Lose(incarnation, session));
            return;
        }

        _cluster.Log?.Add($"{Name} sees that its connection is gone");
        _isDialling = true;
        DialLater();
    }
}
