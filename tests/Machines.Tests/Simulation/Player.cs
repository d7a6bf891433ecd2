using TaskGraph.Scheduler.Machine;

namespace Machines.Tests.Simulation;

/// <summary>
/// Plays a scenario to its end: submissions and faults, then calm, in which every wanted task must end; then
/// everything is released, and nothing may be left.
/// </summary>
internal sealed class Player
{
    private readonly Simulation _simulation;
    private readonly Random _random;
    private long _nextSalt;

    private Player(Scenario scenario)
    {
        _simulation = new Simulation(scenario);
        _random = _simulation.Random;
    }

    /// <summary>Plays; returns what the run went through.</summary>
    /// <exception cref="SimulationException">Something happened that must not; says what, and tells the story.</exception>
    public static Coverage Play(Scenario scenario)
    {
        var player = new Player(scenario);
        try
        {
            player.Play();
        }
        catch (Exception e)
        {
            throw new SimulationException(player._simulation.Describe(e.Message), e);
        }

        return player._simulation.Coverage;
    }

    private void Play()
    {
        var horizonUs = _random.Next(2_000, 60_000);
        PlanSubmissions(horizonUs);
        new FaultPlan(_simulation, horizonUs).Plan();
        _simulation.RunUntil(() => _simulation.Time.NowUs >= horizonUs, horizonUs + 1, "the end of the faults");
        _simulation.AreFaultsOn = false;
        _simulation.RunUntil(IsCalm, 60_000_000, "every wanted task has ended");
        _simulation.Checks.Outcomes();
        AskWhoHas();
        foreach (var client in _simulation.Clients)
        {
            foreach (var held in client.Futures)
                client.Release(held);
            client.Transmit();
        }

        _simulation.RunUntil(IsEmpty, 5_000_000, "nothing is left after everything was released");
    }

    private void PlanSubmissions(long horizonUs)
    {
        var scenario = _simulation.Scenario;
        var shared = Graphs.Random(_random, scenario.TasksPerGraph, scenario.Width, [], ref _nextSalt);
        var form = _random.Next(2) == 0 ? KeyForm.Hashed : KeyForm.Named;
        for (var i = 0; i < scenario.Graphs; i++)
        {
            var client = _simulation.Clients[_random.Next(_simulation.Clients.Count)];
            var isShared = _random.Next(3) == 0;
            _simulation.Time.At(_random.NextInt64(horizonUs), () => Submit(client, isShared ? shared : null, form));
        }
    }

    private void Submit(VirtualClient client, Work[]? shared, KeyForm form)
    {
        if (client.IsGone)
            return;
        var scenario = _simulation.Scenario;
        Work[] earlier = [.. client.Futures.Where(held => !held.IsReleased).Select(held => held.Work)];
        var works = shared ?? Graphs.Random(_random, scenario.TasksPerGraph, scenario.Width, earlier, ref _nextSalt);
        int[] wanted = [.. Enumerable.Range(0, works.Length).Where(i => i == works.Length - 1 || _random.Next(3) == 0)];
        client.Submit(works, wanted, shared is null ? KeyForm.Unique : form);
    }

    /// <summary>All futures have ended, what has finished has its value, and nothing is under way.</summary>
    private bool IsCalm()
    {
        if (_simulation.Time.WorkCount > 0)
            return false;
        foreach (var client in _simulation.Clients)
        {
            if (!client.IsGone && client.Futures.Any(held => !IsDone(held)))
                return false;
        }

        return true;
    }

    private bool IsDone(Held held) =>
        held.IsReleased
        || (held.Status != FutureStatus.Pending
            && (held.Status != FutureStatus.Finished
                || held.Set.TryInlineValue(held.Slot, out _)
                || _simulation.Scheduler.Machine.StateOf(held.Id) is TaskState.Memory or TaskState.Erred));

    private void AskWhoHas()
    {
        foreach (var client in _simulation.Clients.Where(client => !client.IsGone && client.Machine.IsConnected))
        {
            Held[] finished = [.. client.Futures.Where(h => !h.IsReleased && h.Status == FutureStatus.Finished)];
            if (finished.Length == 0)
                continue;
            var id = client.Machine.NewRequest();
            var question = new HolderQuestion(id, finished, _simulation.Checks);
            client.Machine.Ask(id, question);
            client.Transmit();
            _simulation.RunUntil(() => question.IsAnswered, 1_000_000, "the question for holders is answered");
        }
    }

    private bool IsEmpty() =>
        _simulation.Scheduler.Machine.TaskCount == 0
        && _simulation.Scheduler.Workers.All(worker => worker is { StoredBytes: 0, StoredCount: 0, AssignedCount: 0 })
        && _simulation.Incarnations.All(i => !i.IsCurrent
            || (i.Machine.TaskCount == 0 && i.Machine.StoredBytes == 0 && i.Machine.OccupiedCount == 0
                && i.Store.Count == 0));

    /// <summary>Asks for the holders of values and looks whether they can serve them.</summary>
    private sealed class HolderQuestion(ulong id, Held[] asked, Checks checks) : ClientRequest
    {
        public bool IsAnswered { get; private set; }

        public override Message Message
        {
            get
            {
                var message = new WhoHas { RequestId = id };
                foreach (var held in asked)
                    message.Tasks.Add(held.Id);
                return message;
            }
        }

        public override bool OnReply(Message reply)
        {
            var holders = (WhoHasReply)reply;
            for (var i = 0; i < asked.Length; i++)
            {
                for (var k = i == 0 ? 0 : holders.HolderEnds[i - 1]; k < holders.HolderEnds[i]; k++)
                    checks.HolderServes(asked[i].Id, holders.StoredAs[i], holders.Holders[k], asked[i].Work.Value);
            }

            return IsAnswered = true;
        }

        public override void OnLost(FutureFailure failure) => throw new SimulationException("the scheduler was lost");
    }
}
