using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// A worker process: dials the scheduler, and dials again with an empty store whenever its connection is gone.
/// </summary>
internal sealed class VirtualWorker(VirtualCluster cluster, string name)
{
    private readonly VirtualCluster _cluster = cluster;

    public string Name { get; } = name;

    public string Address { get; } = $"sim://{name}";

    /// <summary>How many times longer than elsewhere its tasks run.</summary>
    public int Slowness { get; init; } = 1;

    /// <summary>What its link to the scheduler carries in a millisecond; 0 = any number of bytes.</summary>
    public int BytesPerMs { get; init; }

    /// <summary>What it has of the resource that tasks take.</summary>
    public int Licences { get; init; }

    public bool IsDead { get; private set; }

    /// <summary>Nothing happens in the process until then.</summary>
    public long FrozenUntilUs { get; set; }

    /// <summary>It says until then that it starts nothing.</summary>
    public long PausedUntilUs { get; set; }

    /// <summary>What stands between one connection and its end; null while dialling.</summary>
    public Incarnation? Current { get; private set; }

    /// <summary>When the process can do something that it was to do now.</summary>
    public long AwakeAtUs => Math.Max(_cluster.Time.NowUs, FrozenUntilUs);

    /// <summary>The values that the process serves to others, if it serves any.</summary>
    public Dictionary<TaskId, long>? Served => IsDead ? null : Current?.Store;

    public static string NameOf(int number) => $"w{number}";

    public void Dial()
    {
        if (IsDead)
            return;
        var hello = new Hello
        {
            Role = PeerRole.Worker,
            Name = Name,
            DataAddress = Address,
            Threads = _cluster.Scenario.Threads,
            Incarnation = (ulong)_cluster.Choices.Next(int.MaxValue) + 1,
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
        CutConnection(noticedAfterUs, seenAfterUs: 0);
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
        if (Current is not { } current || current.Session.IsCut)
            return;
        _cluster.Log?.Add($"the connection of {Name} is cut");
        current.Session.Cut();
        _cluster.Time.After(noticedAfterUs, () =>
            _cluster.Scheduler.NoticeClosed(current.Session, current.Peer, "its connection was cut"));
        _cluster.Time.After(seenAfterUs, () => Lose(current));
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

    /// <summary>Says that it is there, and whether it starts tasks.</summary>
    public void SayHow()
    {
        if (FrozenUntilUs > _cluster.Time.NowUs || Current is not { } current)
            return;
        var isPaused = PausedUntilUs > _cluster.Time.NowUs;
        current.Session.Up.Send(new Heartbeat { Status = isPaused ? HeartbeatStatus.Paused : HeartbeatStatus.Running });
    }

    private void DialLater() => _cluster.Time.After(1_000 + _cluster.Choices.Next(20_000), Dial);

    private void Join(SchedulerWorker admitted, ulong epoch)
    {
        if (IsDead)
            return;
        Incarnation? incarnation = null;
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
            Closed = _ => Lose(incarnation!),
        };
        incarnation = new Incarnation(_cluster, this, admitted, session);
        _cluster.Scheduler.Post(() =>
        {
            if (!IsDead && _cluster.Scheduler.Join(admitted, epoch, session))
                Start(incarnation);
            else
                DialLater();
        });
    }

    private void Start(Incarnation incarnation)
    {
        Current = incarnation;
        _cluster.Incarnations.Add(incarnation);
        _cluster.Log?.Add($"{Name} takes part as worker {incarnation.Number}");
        Beat(incarnation);
    }

    private void Beat(Incarnation incarnation)
    {
        if (Current != incarnation)
            return;
        SayHow();
        _cluster.Time.After(10_000, () => Beat(incarnation), isWork: false);
    }

    private void Lose(Incarnation incarnation)
    {
        if (Current != incarnation)
            return;
        if (FrozenUntilUs > _cluster.Time.NowUs)
        {
            _cluster.Time.At(FrozenUntilUs, () => Lose(incarnation));
            return;
        }

        _cluster.Log?.Add($"{Name} sees that its connection is gone");
        Current = null;
        DialLater();
    }
}
