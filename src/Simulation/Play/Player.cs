using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// Plays a scenario to its end: submissions and faults, then calm, in which every wanted task must end; then
/// everything is released, and nothing may be left.
/// </summary>
internal sealed class Player
{
    private const long MostCalmUs = 60_000_000;

    private readonly VirtualCluster _cluster;

    private Player(VirtualCluster cluster) => _cluster = cluster;

    /// <summary>Plays with choices drawn from the scenario's seed; returns what the run went through.</summary>
    /// <exception cref="SimulationException">Something happened that must not; says what, and tells the story.</exception>
    public static Coverage Play(Scenario scenario)
    {
        var result = Play(scenario, Choices.OfSeed(scenario.Seed), isTraced: false);
        return result.Problem is null
            ? result.Coverage
            : throw new SimulationException(Play(scenario, Choices.OfSeed(scenario.Seed), isTraced: true).Report);
    }

    /// <summary>Plays, and says how it ended.</summary>
    public static PlayResult Play(Scenario scenario, Choices choices, bool isTraced)
    {
        var cluster = new VirtualCluster(scenario, choices, isTraced);
        string? problem = null;
        var stack = "";
        try
        {
            new Player(cluster).Play();
        }
        catch (Exception e)
        {
            // Whatever a machine throws is a find.
            problem = $"{e.GetType().Name}: {e.Message}";
            stack = e is SimulationException ? "" : Environment.NewLine + e.StackTrace;
        }

        cluster.Coverage.StepCount = cluster.Time.StepCount;
        cluster.Coverage.RecomputedCount = cluster.Checks.RecomputedCount;
        return new PlayResult(
            problem,
            cluster.Coverage,
            choices.Made,
            cluster.Log?.Count ?? 0,
            problem is null || !isTraced ? "" : cluster.Describe(problem) + stack);
    }

    private void Play()
    {
        var choices = _cluster.Choices;
        var horizonUs = 2_000 + choices.Next(58_000);

        // What comes after a restart and its time of grace is to meet faults as well.
        if (_cluster.Has(Faults.Restarts))
            horizonUs *= 3;
        _cluster.Start();
        new UserPlan(_cluster, horizonUs).Plan();
        var faults = new FaultPlan(_cluster, horizonUs);
        faults.Plan();

        // Even where nobody is left to do anything.
        _cluster.Time.At(horizonUs, static () => { });
        _cluster.RunUntil(() => _cluster.Time.NowUs >= horizonUs, horizonUs + 1_000_000, () => "the end of the faults");
        faults.Heal();
        Finish();
    }

    /// <summary>Nothing goes wrong any more: all that is wanted must end, as it should, and leave nothing behind.</summary>
    public static void Finish(VirtualCluster cluster) => new Player(cluster).Finish();

    private void Finish()
    {
        _cluster.AreFaultsOn = false;
        _cluster.RunUntil(IsCalm, MostCalmUs, Unended);
        _cluster.Checks.Outcomes();
        _cluster.Checks.Calm();
        AskWhoHas();
        ReleaseAll();
        _cluster.RunUntil(IsEmpty, 5_000_000, () => $"nothing is left after everything was released: {Left()}");
    }

    private void ReleaseAll()
    {
        foreach (var client in _cluster.Clients)
        {
            if (client.IsGone)
                continue;
            foreach (var held in client.Futures)
                client.Release(held);
            if (_cluster.Has(Faults.Coordination))
                client.DeleteQueue();
            client.Transmit();
            client.CloseDataLinks();
        }
    }

    /// <summary>All futures have ended, what has finished has its value, and nothing is under way.</summary>
    private bool IsCalm()
    {
        if (_cluster.Time.WorkCount > 0 || _cluster.Scheduler.Machine.ActiveCount > 0)
            return false;
        foreach (var client in _cluster.Clients)
        {
            if (client.IsGone)
                continue;
            if (!client.Machine.IsConnected || client.OpenQuestions.Any() || client.Futures.Exists(held => !IsDone(held)))
                return false;
        }

        return true;
    }

    private string Unended()
    {
        var open = _cluster.Clients.SelectMany(client => client.OpenQuestions).Count();
        var futures = _cluster.Clients.Where(client => !client.IsGone)
            .SelectMany(client => client.Futures)
            .Count(held => !IsDone(held));
        if (futures > 0 || _cluster.Scheduler.Machine.ActiveCount > 0)
            return "every wanted task has ended";
        return open > 0 ? "every question is answered" : "nothing is under way";
    }

    private bool IsDone(Held held) =>
        held.IsReleased
        || (held.Status != FutureStatus.Pending
            && (held.Status != FutureStatus.Finished
                || held.Set.TryInlineValue(held.Slot, out _)
                || _cluster.Events.CrashCount > 0
                || _cluster.Scheduler.Machine.StateOf(held.Id) is TaskState.Memory or TaskState.Erred));

    private void AskWhoHas()
    {
        foreach (var client in _cluster.Clients.Where(client => !client.IsGone))
        {
            Held[] finished = [.. client.Futures.Where(h => !h.IsReleased && h.Status == FutureStatus.Finished)];
            if (finished.Length == 0)
                continue;
            var question = client.Ask(
                id =>
                {
                    var message = new WhoHas { RequestId = id };
                    foreach (var held in finished)
                        message.Tasks.Add(held.Id);
                    return message;
                },
                reply => Compare(finished, (WhoHasReply)reply));
            _cluster.RunUntil(() => question.HasEnded, 1_000_000, () => "the question for holders is answered");
        }
    }

    private void Compare(Held[] asked, WhoHasReply reply)
    {
        for (var i = 0; i < asked.Length; i++)
        {
            for (var k = i == 0 ? 0 : reply.HolderEnds[i - 1]; k < reply.HolderEnds[i]; k++)
                _cluster.Checks.HolderServes(asked[i].Id, reply.StoredAs[i], reply.Holders[k], asked[i].Work.Value);
        }
    }

    private bool IsEmpty() => Left() is null;

    /// <summary>What is still somewhere although nobody wants anything; null = nothing.</summary>
    private string? Left()
    {
        if (_cluster.Scheduler.Machine is not { TaskCount: 0, SharedObjectCount: 0 })
        {
            return $"{_cluster.Scheduler.Machine.TaskCount} tasks and "
                + $"{_cluster.Scheduler.Machine.SharedObjectCount} shared objects in the scheduler";
        }

        foreach (var worker in _cluster.Scheduler.Workers)
        {
            if (worker is not
                { StoredBytes: 0, StoredCount: 0, AssignedCount: 0, IncomingBytes: 0, RetractingCount: 0, OccupancyUs: 0 })
                return $"something is counted for {worker.Label}";
            if (!IsSupplyWhole(worker))
                return $"resources of {worker.Label} are taken";
        }

        foreach (var process in _cluster.Processes)
        {
            if (process.Current is not { } current)
                continue;
            if (current.Machine.TaskCount > 0 || current.Machine.OccupiedCount > 0 || current.Store.Count > 0)
            {
                return $"{current.Machine.TaskCount} tasks, {current.Machine.OccupiedCount} occupied places and "
                    + $"{current.Store.Count} values ({string.Join(' ', current.Store.Keys)}) on {current.Label}";
            }
        }

        return null;
    }

    private static bool IsSupplyWhole(SchedulerWorker worker) =>
        worker.Supply.Free(Graphs.Licence) == worker.Hello.Resources.Sum(resource => resource.Amount);
}

/// <summary>How a run ended.</summary>
/// <param name="Problem">What went wrong; null = nothing.</param>
/// <param name="Coverage">What it went through.</param>
/// <param name="Choices">All choices, for a replay.</param>
/// <param name="EventCount">Lines of the trace, if it was traced.</param>
/// <param name="Report">The story, if it went wrong and was traced.</param>
internal sealed record PlayResult(string? Problem, Coverage Coverage, int[] Choices, int EventCount, string Report);
