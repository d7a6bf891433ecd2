namespace TaskGraph.Bench;

/// <summary>How large a case is to be, and how often it is timed.</summary>
internal sealed record BenchSetup(int TaskCount, int WorkerCount, int ThreadCount, int RepeatCount);

/// <summary>One thing to time. A run checks its own answer: a fast wrong result is no result.</summary>
internal interface IBenchCase
{
    string Name { get; }

    int DefaultTaskCount { get; }

    /// <summary>Runs once.</summary>
    /// <returns>What the run says beyond its duration; null for nothing.</returns>
    Task<CaseFigures?> RunAsync(Client client, BenchSetup setup);
}

/// <summary>Figures that only some cases have.</summary>
internal sealed record CaseFigures(double? P50Us = null, double? P99Us = null, double? MegabytesPerSecond = null, double? Seconds = null);
