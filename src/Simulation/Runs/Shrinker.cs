using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TaskGraph.Simulation;

/// <summary>
/// Makes a failing run small: first the scenario (fewer kinds of faults, tasks, workers), then the record of its choices,
/// of which chunks are left out or made plain as long as the same thing goes wrong.
/// </summary>
internal sealed partial class Shrinker
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TimeSpan _most;
    private readonly string _signature;

    private Shrinker(Scenario scenario, PlayResult failure, TimeSpan most)
    {
        _most = most;
        _signature = SignatureOf(failure.Problem!);
        Scenario = scenario;
        Choices = failure.Choices;
    }

    private Scenario Scenario { get; set; }

    private int[] Choices { get; set; }

    /// <summary>The smallest failing run found in the time given.</summary>
    /// <exception cref="ArgumentException">The scenario does not fail.</exception>
    public static Replay Shrink(Scenario scenario, TimeSpan most)
    {
        var failure = Player.Play(scenario, Simulation.Choices.OfSeed(scenario.Seed), isTraced: true);
        if (failure.Problem is null)
            throw new ArgumentException($"seed {scenario.Seed} does not fail", nameof(scenario));
        var shrinker = new Shrinker(scenario, failure, most);
        shrinker.ShrinkScenario();
        shrinker.ShrinkChoices();
        var last = Player.Play(shrinker.Scenario, Simulation.Choices.OfRecord(shrinker.Choices), isTraced: true);
        return new Replay
        {
            Problem = last.Problem ?? failure.Problem,
            Events = last.EventCount,
            Scenario = shrinker.Scenario,
            Choices = shrinker.Choices,
        };
    }

    /// <summary>What went wrong, without the numbers and names of this run.</summary>
    internal static string SignatureOf(string problem)
    {
        var line = problem.Split('\n')[0];
        var end = line.IndexOf("Its story", StringComparison.Ordinal);
        return Numbers().Replace(end < 0 ? line : line[..end], "#");
    }

    [GeneratedRegex("[0-9a-f]*[0-9][0-9a-f]*(-[0-9]+)?")]
    private static partial Regex Numbers();

    private bool IsOver => _clock.Elapsed > _most;

    private void ShrinkScenario()
    {
        bool isSmaller;
        do
        {
            isSmaller = false;
            foreach (var smaller in SmallerScenarios())
            {
                if (IsOver || !TrySeeds(smaller))
                    continue;
                isSmaller = true;
                break;
            }
        }
        while (isSmaller && !IsOver);
    }

    private IEnumerable<Scenario> SmallerScenarios()
    {
        var s = Scenario;
        foreach (var kind in FaultKinds.Each.Where(kind => (s.Faults & kind) != 0))
            yield return s with { Faults = s.Faults & ~kind };
        if (s.TasksPerGraph > 1)
        {
            yield return s with { TasksPerGraph = s.TasksPerGraph / 2 };
            yield return s with { TasksPerGraph = s.TasksPerGraph - 1 };
        }

        if (s.Graphs > 1)
            yield return s with { Graphs = s.Graphs - 1 };
        if (s.Clients > 1)
            yield return s with { Clients = s.Clients - 1 };
        if (s.Workers > 1)
            yield return s with { Workers = s.Workers - 1 };
        if (s.Threads > 1)
            yield return s with { Threads = s.Threads - 1 };
        if (s.InputsPerMessage > 0)
            yield return s with { InputsPerMessage = 0, MessagesPerPart = 0 };
        if (s.MessagesPerPart > 0)
            yield return s with { MessagesPerPart = 0 };
        if (s.Width > 0)
            yield return s with { Width = s.Width - 1 };
    }

    /// <summary>A smaller scenario draws other choices: the same seed, a few others, and the record itself are tried.</summary>
    private bool TrySeeds(Scenario smaller)
    {
        if (Try(smaller, Simulation.Choices.OfRecord(Choices)))
            return true;
        for (var i = 0; i < 12 && !IsOver; i++)
        {
            if (Try(smaller, Simulation.Choices.OfSeed(smaller.Seed + (i * 7919))))
                return true;
        }

        return false;
    }

    private bool Try(Scenario scenario, Choices choices)
    {
        var result = Player.Play(scenario, choices, isTraced: false);
        if (result.Problem is null || SignatureOf(result.Problem) != _signature)
            return false;
        Scenario = scenario;
        Choices = Trimmed(result.Choices);
        return true;
    }

    /// <summary>Zeros at the end need not be written down.</summary>
    private static int[] Trimmed(int[] choices)
    {
        var length = choices.Length;
        while (length > 0 && choices[length - 1] == 0)
            length--;
        return choices[..length];
    }

    private void ShrinkChoices()
    {
        for (var size = Math.Max(1, Choices.Length / 2); size > 0 && !IsOver; size /= 2)
        {
            for (var start = Choices.Length - size; start > -size && !IsOver; start -= size)
            {
                var from = Math.Max(0, start);
                if (from >= Choices.Length)
                    continue;
                var to = Math.Min(Choices.Length, from + size);
                if (!TryRecord([.. Choices[..from], .. Choices[to..]]) && Choices[from..to].Any(choice => choice != 0))
                    TryRecord([.. Choices[..from], .. new int[to - from], .. Choices[to..]]);
            }
        }
    }

    private bool TryRecord(int[] record)
    {
        var result = Player.Play(Scenario, Simulation.Choices.OfRecord(record), isTraced: false);
        if (result.Problem is null || SignatureOf(result.Problem) != _signature)
            return false;
        var made = Trimmed(result.Choices);
        Choices = made.Length < record.Length ? made : Trimmed(record);
        return true;
    }
}
