#if PLANTED
using System.Globalization;
using TaskGraph.Diagnostics;

namespace TaskGraph.Simulation;

/// <summary>Plays seeds against each planted bug until one fails, and prints a row of docs/simulation.md for it.</summary>
internal sealed class PlantedHunt(string? folder, double seconds)
{
    /// <summary>How long one bug is looked for, unless said otherwise.</summary>
    public const int UsualSeconds = 60;

    private readonly TimeSpan _most = TimeSpan.FromSeconds(seconds > 0 ? seconds : UsualSeconds);

    private static readonly string[] s_bugs =
    [
        "A result is taken whichever attempt it is of",
        "What an urgent task waits for is not made urgent",
        "Nobody is told that a worker has left",
        "A copy of a forgotten task is not freed",
        "A free names the attempt that runs now",
        "A task without a worker does not wait for an input that is lost",
        "A client that comes back is not told how its tasks stand",
        "Two incarnations of one worker take part at once",
        "A seceded task does not give its resources back",
        "Retries are not counted",
        "Tasks of a retired worker are suspected of its death",
        "A holder that could not be reached counts as one that has lost the value",
        "A retract is not answered when the run ends first",
        "A free is carried out whichever attempt it names",
        "A peer that has not got a value is asked again and again",
        "A copy that was refused is reported as made",
        "A cancelled run that secedes keeps its slot",
        "A client that comes back does not say what it holds",
        "A future that has ended ends again",
        "A lease lasts half as long as was promised",
        "A worker that is heard again gets none of the tasks that wait for it (a real bug, mended)",
        "A lock whose lease ends by time is never forgotten (a real bug, mended)",
        "Scattered data that was refused counts as there (a real bug, mended)",
        "A release that was lost with the scheduler is lost for good (a real bug, mended)",
        "A client that comes back does not submit again what was not answered",
        "A copy is asked for before the old one is freed (a real bug, mended)",
        "What an urgent task loses while it waits is not made urgent (a real bug, mended)",
        "A copy that comes for a task dispatched meanwhile does not answer the dispatch (a real bug, mended)",
        "A copy that was to go counts by what was said before (a real bug, mended)",
        "Attempts of a scheduler that was started anew begin at one again (a real bug, mended)",
        "A suspect takes resources that are not free (a real bug, mended)",
        "A shortened journal with forgotten tasks cannot be read (a real bug, mended)",
        "A shortened journal names inputs as they were named first (a real bug, mended)",
    ];

    /// <summary>Hunts one bug, or all; returns 1 if one got away.</summary>
    public int Run(string which)
    {
        if (which != "all" && !which.Split(',').All(word => int.TryParse(word, out var bug) && bug >= 1 && bug <= s_bugs.Length))
        {
            Console.Error.WriteLine($"taskgraph simulate: --planted {which}: numbers up to {s_bugs.Length}, or all");
            return 2;
        }

        Console.WriteLine("| bug | found after | seeds | as | shrunk to |");
        Console.WriteLine("|---|---|---|---|---|");
        string[] wanted = which.Split(',');
        var missed = 0;
        for (var bug = 1; bug <= s_bugs.Length; bug++)
        {
            if (which == "all" || wanted.Contains(bug.ToString(CultureInfo.InvariantCulture)))
                missed += Hunt(bug) ? 0 : 1;
        }

        PlantedBug.Alive = 0;
        return missed == 0 ? 0 : 1;
    }

    private bool Hunt(int bug)
    {
        PlantedBug.Alive = bug;
        var runner = new SeedRunner(ScenarioOf) { MostTime = _most, MostFailures = 1 };
        runner.Run(first: 0, count: int.MaxValue / 2);
        if (runner.Failures.Count == 0)
        {
            Console.WriteLine($"| {bug} {s_bugs[bug - 1]} | not in {_most.TotalSeconds} s | {runner.SeedCount} | | |");
            return false;
        }

        var (seed, problem) = runner.Failures.First();
        var replay = Shrinker.Shrink(ScenarioOf(seed), TimeSpan.FromSeconds(folder is null ? 0 : 20));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {bug} {s_bugs[bug - 1]} | {runner.Elapsed.TotalSeconds:0.0} s | {runner.SeedCount} | {First(problem)} "
            + $"| {replay.Events} events |"));
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"planted-{bug:00}.json"), replay.ToJson() + "\n");
        }

        return true;
    }

    /// <summary>Half of them small, half of them larger and with many faults at once.</summary>
    private static Scenario ScenarioOf(int seed) => seed % 2 == 0 ? Scenario.OfSeed(seed) : Scenario.WideOfSeed(seed);

    private static string First(string problem)
    {
        var line = problem.Split('\n')[0];
        return line.Length > 120 ? line[..120] + "…" : line;
    }
}
#endif
