using TaskGraph.Scheduler.Machine;

namespace Machines.Tests.Simulation;

/// <summary>
/// A worker process: dials the scheduler, and dials again with an empty store whenever its connection is gone.
/// </summary>
internal sealed class VirtualWorker(Simulation simulation, string name, int slowness)
{
    private readonly Simulation _simulation = simulation;

    public string Name { get; } = name;

    public string Address { get; } = $"sim://{name}";

    /// <summary>How many times longer than elsewhere its tasks run.</summary>
    public int Slowness { get; } = slowness;

    public bool IsDead { get; private set; }

    /// <summary>Nothing happens in the process until then.</summary>
    public long FrozenUntilUs { get; set; }

    /// <summary>What stands between one connection and its end; null while dialling.</summary>
    public Incarnation? Current { get; private set; }

    /// <summary>When the process can do something that it was to do now.</summary>
    public long AwakeAtUs => Math.Max(_simulation.Time.NowUs, FrozenUntilUs);

    public void Dial()
    {
        if (IsDead)
            return;
        var hello = new Hello
        {
            Role = PeerRole.Worker,
            Name = Name,
            DataAddress = Address,
            Threads = _simulation.Scenario.Threads,
            Incarnation = (ulong)_simulation.Random.NextInt64(),
        };
        _simulation.Scheduler.Post(() =>
        {
            if (_simulation.Scheduler.Admit(hello) is { } admitted)
                _simulation.Time.After(_simulation.Random.Next(500), () => Join(admitted));
            else
                DialLater();
        });
    }

    /// <summary>The process is gone; the scheduler notices in its own time.</summary>
    public void Die(long noticedAfterUs)
    {
        _simulation.Note($"{Name} dies");
        IsDead = true;
        CutConnection(noticedAfterUs, seenAfterUs: 0);
        Current = null;
    }

    /// <summary>The connection is cut: nothing arrives any more, and each side sees it in its own time.</summary>
    public void CutConnection(long noticedAfterUs, long seenAfterUs)
    {
        if (Current is not { } current || current.Session.IsCut)
            return;
        _simulation.Note($"the connection of {Name} is cut");
        current.Session.Cut();
        _simulation.Time.After(noticedAfterUs, () =>
            _simulation.Scheduler.NoticeClosed(current.Session, current.Peer, "its connection was cut"));
        _simulation.Time.After(seenAfterUs, () => Lose(current));
    }

    /// <summary>The values that the process serves to others, if it serves any.</summary>
    public Dictionary<TaskId, long>? Served => IsDead ? null : Current?.Store;

    private void DialLater() => _simulation.Time.After(1_000 + _simulation.Random.Next(20_000), Dial);

    private void Join(SchedulerWorker admitted)
    {
        if (IsDead)
            return;
        Incarnation? incarnation = null;
        Session? session = null;
        session = new Session
        {
            Up = _simulation.NewLink(message => _simulation.Scheduler.Receive(session!, admitted, message)),
            Down = _simulation.NewLink(message => incarnation!.Post(message)),
            Closed = _ => Lose(incarnation!),
        };
        incarnation = new Incarnation(_simulation, this, admitted, session);
        _simulation.Scheduler.Post(() =>
        {
            if (!IsDead && _simulation.Scheduler.Join(admitted, session))
                Start(incarnation);
            else
                DialLater();
        });
    }

    private void Start(Incarnation incarnation)
    {
        Current = incarnation;
        _simulation.Incarnations.Add(incarnation);
        _simulation.Note($"{Name} takes part as worker {incarnation.Number}");
        Beat(incarnation);
    }

    private void Beat(Incarnation incarnation)
    {
        if (Current != incarnation)
            return;
        if (FrozenUntilUs <= _simulation.Time.NowUs)
            incarnation.Session.Up.Send(new Heartbeat());
        _simulation.Time.After(10_000, () => Beat(incarnation), isWork: false);
    }

    private void Lose(Incarnation incarnation)
    {
        if (Current != incarnation)
            return;
        if (FrozenUntilUs > _simulation.Time.NowUs)
        {
            _simulation.Time.At(FrozenUntilUs, () => Lose(incarnation));
            return;
        }

        _simulation.Note($"{Name} sees that its connection is gone");
        Current = null;
        DialLater();
    }
}
