using TaskGraph.Scheduler.Machine;

namespace Machines.Tests.Simulation;

/// <summary>A future that a client was given, and what became of it.</summary>
internal sealed class Held(FutureSet set, int slot, Work work) : IFutureObserver
{
    public FutureSet Set { get; } = set;

    public int Slot { get; } = slot;

    public Work Work { get; } = work;

    public TaskId Id => Set.IdOf(Slot);

    public FutureStatus Status => Set.StatusOf(Slot);

    public bool IsReleased { get; set; }

    /// <summary>How often the future was said to have ended.</summary>
    public int SettledCount { get; private set; }

    public void On(FutureSet set, int slot, FutureNews news)
    {
        if (slot == Slot && news == FutureNews.Settled)
            SettledCount++;
    }
}

/// <summary>A client process: its machine, its connection, and the futures that its user holds.</summary>
internal sealed class VirtualClient
{
    private readonly Simulation _simulation;
    private readonly ulong _identity;
    private SchedulerClient? _peer;
    private Session? _session;

    public VirtualClient(Simulation simulation, int number)
    {
        _simulation = simulation;
        _identity = (ulong)number + 1;
        Name = $"client{number}";
        Machine = new ClientMachine(_identity << 8);
    }

    public string Name { get; }

    public ClientMachine Machine { get; }

    public List<Held> Futures { get; } = [];

    /// <summary>Whether the process has ended: nobody waits for its futures.</summary>
    public bool IsGone { get; private set; }

    public void Dial()
    {
        if (IsGone)
            return;
        SchedulerClient? peer = null;
        Session? session = null;
        session = new Session
        {
            Up = _simulation.NewLink(message => _simulation.Scheduler.Receive(session!, peer!, message)),
            Down = _simulation.NewLink(message => Take(session!, message)),
            Closed = _ => Lose(session!),
        };
        _simulation.Scheduler.Post(() =>
        {
            if (IsGone)
                return;
            peer = _simulation.Scheduler.Connect(new Hello { Role = PeerRole.Client, Incarnation = _identity }, session);
            (_peer, _session) = (peer, session);
            _simulation.Note($"{Name} is connected");
            Machine.OnConnected(epoch: 1);
            Transmit();
        });
    }

    /// <summary>Submits calls; those at <paramref name="wanted"/> become futures.</summary>
    public void Submit(Work[] works, int[] wanted, KeyForm form)
    {
        var id = Machine.NewSubmission();
        var set = new FutureSet(id, TaskNames.Unique("work"), wanted.Length, wanted);
        for (var slot = 0; slot < wanted.Length; slot++)
        {
            var held = new Held(set, slot, works[wanted[slot]]);
            set.ObserveAll(held);
            Futures.Add(held);
        }

        var chunk = Graphs.Message(id, works, wanted, form, HeldInput);
        for (var i = 0; i < works.Length; i++)
            _simulation.Submitted.Add(new TaskId(id, i));
        Message[] chunks = [.. chunk.Functions.Span.ToArray().Select(_simulation.DefinitionOf), chunk];
        Machine.Submit(new TaskGraph.Submission(id, chunks, []), set);
        Transmit();
    }

    public void Release(Held held)
    {
        if (held.IsReleased || IsGone)
            return;
        _simulation.Note($"{Name} releases {held.Id}");
        held.IsReleased = true;
        Machine.Release(held.Set, held.Slot);
        if (_simulation.Random.Next(2) == 0)
            Transmit();
    }

    public void Cancel(Held held, bool isForced)
    {
        if (IsGone)
            return;
        _simulation.Note($"{Name} cancels {held.Id}");
        _simulation.Cancelled.Add(held.Work);
        Machine.Cancel([held.Id], "no longer needed", isForced);
        Transmit();
    }

    /// <summary>Sends what the machine has to say.</summary>
    public void Transmit()
    {
        Machine.FlushReleases();
        foreach (var message in Machine.Outbox)
            _session?.Up.Send(message);
        Machine.Outbox.Clear();
    }

    /// <summary>The connection is cut; each side sees it in its own time, and the client dials again.</summary>
    public void CutConnection(long noticedAfterUs, long seenAfterUs)
    {
        if (_session is not { IsCut: false } session)
            return;
        _simulation.Note($"the connection of {Name} is cut");
        session.Cut();
        var peer = _peer!;
        _simulation.Time.After(noticedAfterUs, () =>
            _simulation.Scheduler.NoticeClosed(session, peer, "its connection was cut"));
        _simulation.Time.After(seenAfterUs, () => Lose(session));
    }

    /// <summary>The process ends, with a word or without.</summary>
    public void Leave(bool saysGoodbye)
    {
        if (IsGone)
            return;
        _simulation.Note($"{Name} leaves");
        if (saysGoodbye)
        {
            _session?.Up.Send(new Goodbye { Reason = "done" });
            _simulation.Time.After(10_000, () => CutConnection(0, 0));
        }
        else
        {
            CutConnection(_simulation.Random.Next(5_000), 0);
        }

        IsGone = true;
    }

    private TaskId? HeldInput(Work input)
    {
        foreach (var held in Futures)
        {
            if (held.Work == input && !held.IsReleased)
                return held.Id;
        }

        return null;
    }

    private void Take(Session session, Message message)
    {
        if (_session != session || IsGone)
            return;
        _simulation.Note($"{Name} ← {Trace.Of(message)}");
        Machine.Handle(message);
        Transmit();
    }

    private void Lose(Session session)
    {
        if (_session != session || IsGone)
            return;
        _simulation.Note($"{Name} sees that its connection is gone");
        _session = null;
        Machine.OnDisconnected("sim://scheduler", "cut");
        var isLong = _simulation.Random.Next(5) == 0;
        _simulation.HasOutlivedLease |= isLong;
        _simulation.Time.After(_simulation.Random.Next(isLong ? 700_000 : 20_000), Dial);
    }
}
