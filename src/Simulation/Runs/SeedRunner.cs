using System.Diagnostics;

namespace TaskGraph.Simulation;

/// <summary>Plays many seeds, on all processors, and keeps those that fail.</summary>
internal sealed class SeedRunner(Func<int, Scenario> scenarioOf)
{
    private readonly Lock _gate = new();
    private int _next;

    /// <summary>Stops before the seed that would be begun after so long.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.MaxValue;

    /// <summary>Stops after so many failing seeds.</summary>
    public int MostFailures { get; init; } = 5;

    /// <summary>Everything that the seeds went through.</summary>
    public Coverage Coverage { get; } = new();

    /// <summary>Seeds that failed, with what went wrong.</summary>
    public SortedDictionary<int, string> Failures { get; } = [];

    /// <summary>By failing seed: its scenario.</summary>
    public Dictionary<int, Scenario> Scenarios { get; } = [];

    public int SeedCount { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>Plays <paramref name="count"/> seeds from <paramref name="first"/> on.</summary>
    public void Run(int first, int count) => Run(first, count, scenarioOf);

    /// <summary>Plays <paramref name="count"/> seeds from <paramref name="first"/> on, of other scenarios.</summary>
    public void Run(int first, int count, Func<int, Scenario> scenarioOfSeed)
    {
        var clock = Stopwatch.StartNew();
        _next = first;
        var end = first + count;
        var threads = new Thread[Environment.ProcessorCount];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() => PlaySome(end, clock, scenarioOfSeed)) { IsBackground = true, Name = $"seeds {i}" };
            threads[i].Start();
        }

        foreach (var thread in threads)
            thread.Join();
        Elapsed += clock.Elapsed;
    }

    private void PlaySome(int end, Stopwatch clock, Func<int, Scenario> scenarioOfSeed)
    {
        var coverage = new Coverage();
        var played = 0;
        while (clock.Elapsed < MostTime && Failures.Count < MostFailures)
        {
            var seed = Interlocked.Increment(ref _next) - 1;
            if (seed >= end)
                break;
            played++;
            var scenario = scenarioOfSeed(seed);
            var result = Player.Play(scenario, Choices.OfSeed(seed), isTraced: false);
            coverage.Add(result.Coverage);
            if (result.Problem is null)
                continue;
            lock (_gate)
            {
                Failures[seed] = result.Problem;
                Scenarios[seed] = scenario;
            }
        }

        lock (_gate)
        {
            Coverage.Add(coverage);
            SeedCount += played;
        }
    }
}
