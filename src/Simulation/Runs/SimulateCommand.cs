using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace TaskGraph.Simulation;

/// <summary>The command line of <c>taskgraph simulate</c>.</summary>
internal sealed class SimulateCommand
{
    private const int BadInput = 2;
    private const int FirstDirectedSeed = 1_000_000_000;

    private readonly Option<int> _seeds = new("--seeds") { Description = "How many runs", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _first = new("--first-seed") { Description = "The first seed" };
    private readonly Option<int> _workers = new("--workers") { Description = "Most workers; 0 = 1 to 5, by the seed" };
    private readonly Option<int> _tasks = new("--tasks") { Description = "Most tasks; 0 = 1 to 150, by the seed" };

    private readonly Option<string> _faults = new("--faults")
    {
        Description = "Kinds of faults and user acts, separated by commas, instead of those of the seed: "
            + string.Join(", ", FaultKinds.Each),
        DefaultValueFactory = _ => "",
    };

    private readonly Option<double> _seconds = new("--seconds") { Description = "Stop after so many seconds; 0 = at the end" };
    private readonly Option<bool> _wide = new("--wide") { Description = "Larger scenarios, with half of all kinds of faults at once" };
    private readonly Option<bool> _coverage = new("--coverage") { Description = "Print moves × faults as Markdown" };
    private readonly Option<double> _directed = new("--directed-seconds")
    {
        Description = "How long to play runs made for pairs of a move and a fault that were not met, for --coverage",
    };

    private readonly Option<string?> _replay = new("--replay") { Description = "Play a run that was written down" };
    private readonly Option<string?> _save = new("--save") { Description = "Shrink what fails and write it to this folder" };
    private readonly Option<double> _shrink = new("--shrink-seconds")
    {
        Description = "How long to make one failing run smaller",
        DefaultValueFactory = _ => 20,
    };

    private readonly Option<bool> _scale = new("--scale")
    {
        Description = "One large run without faults instead: makespan, decisions per second, memory",
    };

#if PLANTED
    private readonly Option<string?> _planted = new("--planted")
    {
        Description = "Look for planted bugs by their numbers, or for all",
    };
#endif

    public SimulateCommand()
    {
        Command = new System.CommandLine.Command(
            "simulate", "Runs the real machines in virtual time, with everything going wrong that can.");
        Option[] options =
            [_seeds, _first, _workers, _tasks, _faults, _wide, _seconds, _coverage, _directed, _replay, _save, _shrink, _scale];
        foreach (var option in options)
            Command.Options.Add(option);
#if PLANTED
        Command.Options.Add(_planted);
#endif
        Command.SetAction(Run);
    }

    public System.CommandLine.Command Command { get; }

    private int Run(ParseResult parsed)
    {
#if PLANTED
        if (parsed.GetValue(_planted) is { } number)
        {
            if (parsed.GetValue(_replay) is not null && int.TryParse(number, out var alive))
                Diagnostics.PlantedBug.Alive = alive;
            else
                return new PlantedHunt(parsed.GetValue(_save), parsed.GetValue(_seconds)).Run(number);
        }
#endif
        if (parsed.GetValue(_replay) is { } file)
            return PlayAgain(file, parsed.GetValue(_save), TimeSpan.FromSeconds(parsed.GetValue(_shrink)));
        var (workers, tasks) = (parsed.GetValue(_workers), parsed.GetValue(_tasks));
        if (workers < 0 || tasks < 0 || parsed.GetValue(_seeds) < 1)
            return Complain("--seeds is at least 1, --workers and --tasks are not negative");
        if (parsed.GetValue(_scale))
            return ScaleRun.Print(workers == 0 ? 1_000 : workers, tasks == 0 ? 1_000_000 : tasks);
        var names = parsed.GetValue(_faults)!;
        if (FaultKinds.Parse(names) is not { } faults)
            return Complain($"--faults {names}: choose from {string.Join(", ", FaultKinds.Each)}");
        var isWide = parsed.GetValue(_wide);
        return PlaySeeds(parsed, seed =>
        {
            var scenario = isWide ? Scenario.WideOfSeed(seed) : Scenario.OfSeed(seed);
            if (workers > 0 || tasks > 0)
                scenario = Scenario.OfSeed(seed, Math.Max(1, workers == 0 ? scenario.Workers : workers), tasks == 0 ? 60 : tasks);
            return names.Length == 0 ? scenario : scenario with { Faults = faults };
        });
    }

    private int PlaySeeds(ParseResult parsed, Func<int, Scenario> scenarioOf)
    {
        var seconds = parsed.GetValue(_seconds);
        var runner = new SeedRunner(scenarioOf)
        {
            MostTime = seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue,
        };
        runner.Run(parsed.GetValue(_first), parsed.GetValue(_seeds));
        var elapsed = runner.Elapsed.TotalSeconds;
        Say($"{runner.SeedCount} seeds in {elapsed:0.00} s: {runner.SeedCount / elapsed:0} seeds/s, "
            + $"{runner.Coverage.StepCount / elapsed:0} steps/s, {runner.Coverage.MessageCount} messages, "
            + $"{runner.Coverage.RecomputedCount} results computed anew, {runner.Failures.Count} failed");
        if (parsed.GetValue(_coverage))
        {
            DirectedRuns.Fill(runner, FirstDirectedSeed, TimeSpan.FromSeconds(parsed.GetValue(_directed)));
            Say($"{runner.SeedCount} runs with those for pairs that were not met");
            Say(CoverageTable.Of(runner.Coverage));
        }

        foreach (var (seed, problem) in runner.Failures)
            Report(runner.Scenarios[seed], problem, parsed.GetValue(_save), TimeSpan.FromSeconds(parsed.GetValue(_shrink)));
        return runner.Failures.Count == 0 ? 0 : 1;
    }

    private static void Report(Scenario scenario, string problem, string? folder, TimeSpan most)
    {
        Say($"seed {scenario.Seed}: {problem.Split('\n')[0]}");
        if (folder is null)
        {
            Say($"  {scenario}");
            Say($"  taskgraph simulate --first-seed {scenario.Seed} --seeds 1 --save .   (same sizes and faults)");
            return;
        }

        Directory.CreateDirectory(folder);
        var replay = Shrinker.Shrink(scenario, most);
        var path = Path.Combine(folder, $"seed-{scenario.Seed}.json");
        File.WriteAllText(path, replay.ToJson() + "\n");
        Say($"  shrunk to {replay.Events} events, {replay.Choices!.Length} choices: taskgraph simulate --replay {path}");
    }

    private static int PlayAgain(string file, string? folder, TimeSpan most)
    {
        Replay replay;
        try
        {
            replay = Replay.Parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return Complain($"--replay {file}: {e.Message}");
        }

        var result = replay.Play();
        if (result.Problem is not null && folder is not null)
            Report(replay.Scenario, result.Problem, folder, most);
        else
            Say(result.Problem is null ? "nothing went wrong" : result.Report);
        return result.Problem is null ? 0 : 1;
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Say(string line) => Console.WriteLine(line);

    private static int Complain(string line)
    {
        Console.Error.WriteLine($"taskgraph simulate: {line}");
        return BadInput;
    }
}
