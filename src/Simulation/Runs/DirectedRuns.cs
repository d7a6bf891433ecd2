using System.Diagnostics;

namespace TaskGraph.Simulation;

/// <summary>
/// Runs for pairs of a move and a fault that seeds have not met: each has that fault, what leads to the move, and
/// graphs in which tasks share many inputs.
/// </summary>
internal static class DirectedRuns
{
    /// <summary>What makes a move likely, by a state that it leaves or enters.</summary>
    private static readonly (string Word, Faults Kinds)[] s_leadingThere =
    [
        ("Resumed", Faults.Cancels | Faults.Releases | Faults.SlowLinks | Faults.Fetches | Faults.Freezes),
        ("Cancelled", Faults.Cancels | Faults.Releases | Faults.SlowLinks),
        ("Missing", Faults.Deaths | Faults.Fetches | Faults.PeerCuts | Faults.Spills),
        ("Fetch", Faults.Fetches | Faults.PeerCuts | Faults.Replicates),
        ("Flight", Faults.Fetches | Faults.SlowLinks),
        ("Rescheduled", Faults.Deaths | Faults.Retires | Faults.Pauses | Faults.SlowWorker),
        ("Error", Faults.Retries | Faults.CodeFails | Faults.Deaths),
        ("Waiting → Memory", Faults.Replicates | Faults.Freezes | Faults.OneWayCuts | Faults.Restarts),
        ("Ready → Memory", Faults.Replicates | Faults.Deaths | Faults.Pauses | Faults.SlowLinks),
        ("Processing → Waiting", Faults.Deaths | Faults.Fetches | Faults.PeerCuts | Faults.Spills),
        ("Queued → Waiting", Faults.Deaths | Faults.Spills),
        ("Ready → Waiting", Faults.Spills),
        ("Queued → Memory", Faults.Freezes | Faults.OneWayCuts),
        ("NoWorker", Faults.Restrictions | Faults.Deaths | Faults.Retires),
        ("Erred", Faults.Retries | Faults.Scatters | Faults.Actors | Faults.Deaths),
        ("Released", Faults.Releases | Faults.Cancels),
    ];

    /// <summary>Plays such runs, round after round, until every pair was met or the time is over.</summary>
    public static void Fill(SeedRunner runner, int firstSeed, TimeSpan most)
    {
        var clock = Stopwatch.StartNew();
        for (var seed = firstSeed; clock.Elapsed < most && runner.Failures.Count == 0;)
        {
            var missing = CoverageTable.Missing(runner.Coverage);
            if (missing.Count == 0)
                return;
            var start = seed;
            runner.Run(
                start,
                Math.Max(missing.Count, 2 * Environment.ProcessorCount),
                at => ScenarioOf(at, missing[(at - start) % missing.Count]));
            seed += Math.Max(missing.Count, 2 * Environment.ProcessorCount);
        }
    }

    private static Scenario ScenarioOf(int seed, (CoverageRow Row, Faults Kind) pair)
    {
        var choices = Choices.OfSeed(seed ^ 0x1D1EC7ED);
        var faults = pair.Kind;
        foreach (var (word, kinds) in s_leadingThere)
        {
            if (!pair.Row.Move.Contains(word, StringComparison.Ordinal))
                continue;
            foreach (var kind in FaultKinds.Each.Where(kind => (kinds & kind) != 0 && choices.Chance(65)))
                faults |= kind;
        }

        return new Scenario(seed)
        {
            Workers = choices.Next(2, 6),
            Threads = choices.Next(1, 3),
            Clients = (faults & Faults.ClientLeaves) != 0 ? 2 : choices.Next(1, 3),
            Graphs = choices.Next(3, 8),
            TasksPerGraph = choices.Next(10, 30),
            Width = choices.Next(2, 6),
            Faults = faults,
            InputsPerMessage = Math.Max(0, choices.Next(6) - 2),
            MessagesPerPart = choices.Next(4),
        };
    }
}
