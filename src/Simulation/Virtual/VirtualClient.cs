using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>A client process: its machine, its connection, and the futures that its user holds.</summary>
internal sealed partial class VirtualClient
{
    private readonly VirtualCluster _cluster;
    private readonly ulong _identity;
    private SchedulerClient? _peer;
    private Session? _session;

    public VirtualClient(VirtualCluster cluster, int number)
    {
        _cluster = cluster;
        _identity = (ulong)number + 1;
        Name = $"client{number}";
        Machine = new ClientMachine(_identity << 8);
    }

    public string Name { get; }

    public ClientMachine Machine { get; }

    public List<Held> Futures { get; } = [];

    private readonly Dictionary<ulong, Work[]> _works = [];

    /// <summary>The call that a task of this client's is; null = none of its own.</summary>
    public Work? WorkOf(TaskId task) =>
        _works.TryGetValue(task.Submission, out var works) && task.Index < works.Length ? works[task.Index] : null;

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
            Up = NewLink($"{Name} to scheduler", message => _cluster.Scheduler.Receive(session!, peer!, message)),
            Down = NewLink($"scheduler to {Name}", message => Take(session!, message)),
            Closed = _ => Lose(session!),
        };
        _cluster.Scheduler.Post(() =>
        {
            if (IsGone)
                return;
            peer = _cluster.Scheduler.Connect(HelloOfNow(), session);
            if (peer is null)
            {
                _cluster.Time.After(2_000, Dial);
                return;
            }

            (_peer, _session) = (peer, session);
            _cluster.Log?.Add($"{Name} is connected");
            Machine.OnConnected(_cluster.Scheduler.Epoch, _cluster.Scheduler.HasRecovered(_identity));
            Transmit();
        });
    }

    private Hello HelloOfNow() => new() { Role = PeerRole.Client, Incarnation = _identity, Epoch = Machine.Epoch };

    /// <summary>Submits calls; those at <paramref name="wanted"/> become futures.</summary>
    public void Submit(Work[] works, int[] wanted, KeyForm form)
    {
        var id = Machine.NewSubmission();
        var set = new FutureSet(id, TaskNames.Unique("work"), wanted.Length, wanted);
        for (var slot = 0; slot < wanted.Length; slot++)
            Hold(new Held(set, slot, works[wanted[slot]]));
        var chunk = Graphs.Message(id, works, wanted, form, HeldInput);
        _works.Add(id, works);
        if (works.Any(work => work.Place is not null))
            _cluster.Happened(Faults.Restrictions);
        if (works.Any(work => work.IsActor))
            _cluster.Happened(Faults.Actors);
        if (works.Any(work => work.Licences > 0))
            _cluster.Happened(Faults.Resources);
        for (var i = 0; i < works.Length; i++)
            _cluster.Submitted.Add(new TaskId(id, i));
        Message[] chunks = [.. chunk.Functions.Span.ToArray().Select(_cluster.DefinitionOf), chunk];
        Machine.Submit(new Submission(id, chunks, []), set);
        Transmit();
    }

    /// <summary>Submits calls of one function of which only the one at <paramref name="wanted"/> becomes a future.</summary>
    public FutureSet SubmitRaw(Func<ulong, IEnumerable<SubmitTasks>> chunksOf, int wanted)
    {
        var id = Machine.NewSubmission();
        var set = new FutureSet(id, TaskNames.Unique("work"), 1, [wanted]);
        Machine.Submit(new Submission(id, [Work.Definition(Behaviour.Returns), .. chunksOf(id)], []), set);
        Transmit();
        return set;
    }

    public void Release(Held held)
    {
        if (held.IsReleased || IsGone)
            return;
        _cluster.Log?.Add($"{Name} releases {held.Id}");
        held.IsReleased = true;
        Machine.Release(held.Set, held.Slot);
        if (_cluster.Choices.Next(2) == 0)
            Transmit();
    }

    public void Cancel(Held held, bool isForced)
    {
        if (IsGone)
            return;
        _cluster.Log?.Add($"{Name} cancels {held.Id}");
        _cluster.Events.Cancelled.Add(held.Work);
        Machine.EndCancel(Machine.Cancel([held.Id], "no longer needed", isForced));
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
        _cluster.Log?.Add($"the connection of {Name} is cut");
        session.Cut();
        var peer = _peer!;
        _cluster.Time.After(noticedAfterUs, () =>
            _cluster.Scheduler.NoticeClosed(session, peer, "its connection was cut"));
        _cluster.Time.After(seenAfterUs, () => Lose(session));
    }

    /// <summary>The process ends, with a word or without.</summary>
    public void Leave(bool saysGoodbye)
    {
        if (IsGone)
            return;
        _cluster.Log?.Add($"{Name} leaves");
        if (saysGoodbye)
        {
            _session?.Up.Send(new Goodbye { Reason = "done" });
            _cluster.Time.After(10_000, () => CutConnection(0, 0));
        }
        else
        {
            CutConnection(_cluster.Choices.Next(5_000), 0);
        }

        IsGone = true;
        CloseDataLinks();
    }

    private void Hold(Held held)
    {
        held.Set.ObserveAll(held);
        Futures.Add(held);
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

    private Link NewLink(string label, Action<Message> deliver) =>
        new(_cluster, label, deliver) { IsDoubling = _cluster.Has(Faults.Duplicates) };

    private void Take(Session session, Message message)
    {
        if (_session != session || IsGone)
            return;
        _cluster.Log?.Add($"{Name} ← {Trace.Of(message)}");
        if (message is TasksRetried retried)
            NoteRetries(retried);
        Machine.Handle(message);
        Transmit();
    }

    /// <summary>The retry may be another client's, and older than the futures.</summary>
    private void NoteRetries(TasksRetried message)
    {
        foreach (var held in Futures.Where(held => message.Tasks.Span.Contains(held.Id)))
            held.NoteRetry();
    }

    private void Lose(Session session)
    {
        if (_session != session || IsGone)
            return;
        _cluster.Log?.Add($"{Name} sees that its connection is gone");
        _session = null;
        Machine.OnDisconnected("sim://scheduler", "cut");
        var isLong = _cluster.AreFaultsOn && _cluster.Choices.Chance(20);
        _cluster.Events.HasOutlivedLease |= isLong;
        _cluster.Time.After(_cluster.Choices.Next(isLong ? 700_000 : 20_000), Dial);
    }
}
