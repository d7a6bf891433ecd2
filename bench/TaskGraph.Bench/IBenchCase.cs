namespace TaskGraph.Bench;

/// <summary>How large a case is to be, on what, and how often it is timed.</summary>
internal sealed record BenchSetup(
    int TaskCount, int WorkerCount, int ThreadCount, int RepeatCount, bool ZeroWorkers = false, double SleepMs = 10);

/// <summary>One thing to time.</summary>
internal interface IBench
{
    string Name { get; }

    int DefaultTaskCount { get; }

    /// <summary>Measures it; one line per result.</summary>
    Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation);
}

/// <summary>
/// One thing to time on a cluster of processes. A run checks its own answer: a fast wrong result is no result.
/// </summary>
internal interface IBenchCase
{
    string Name { get; }

    int DefaultTaskCount { get; }

    /// <summary>The largest number of tasks of a warm-up round.</summary>
    int WarmUpTaskCount => 20_000;

    /// <summary>Whether only the first timed run after a start means anything.</summary>
    bool IsOnceOnly => false;

    /// <summary>What each worker has to have of resources.</summary>
    IReadOnlyDictionary<string, double> Resources(BenchSetup setup) => new Dictionary<string, double>();

    /// <summary>Runs once.</summary>
    /// <returns>What the run says beyond its duration; null for nothing.</returns>
    Task<CaseFigures?> RunAsync(Client client, BenchSetup setup);

    /// <summary>
    /// What as many threads of one process take for the same sleeps and nothing else, measured after each run: sleeps end
    /// late, the later the busier the machine. Null if the case does not sleep.
    /// </summary>
    double? BareSeconds(BenchSetup setup) => null;
}

/// <summary>Figures that only some cases have.</summary>
internal sealed record CaseFigures
{
    /// <summary>Tasks that were run, if not as many as the set-up says.</summary>
    public int? Tasks { get; init; }

    /// <summary>Seconds, if not those from the run's start to its end.</summary>
    public double? Seconds { get; init; }

    public double? P50Us { get; init; }

    public double? P99Us { get; init; }

    /// <summary>The shortest task at which half of the threads' time goes into tasks.</summary>
    public double? MetgUs { get; init; }

    public double? MegabytesPerSecond { get; init; }

    /// <summary>No schedule is shorter than this: max(work / threads, critical path).</summary>
    public double? LowerBoundSeconds { get; init; }

    /// <summary>Of the published durations and sizes, if not all.</summary>
    public double? Scale { get; init; }

    /// <summary>Growth of the scheduler's resident memory per task whose result is held.</summary>
    public double? BytesPerTask { get; init; }
}
