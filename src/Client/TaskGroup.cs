namespace TaskGraph;

/// <summary>Statistics of the tasks of one function, in one span or over all.</summary>
/// <param name="Function">The short name of the function.</param>
/// <param name="Span">
/// The span in which they were submitted (<c>etl/load</c>); empty = all tasks of the function, in a span or not.
/// </param>
public sealed record TaskGroup(string Function, string Span)
{
    /// <summary>
    /// How many of its tasks the scheduler holds, by state: Released, Waiting, Queued, NoWorker, Processing, Memory, Erred.
    /// </summary>
    public required IReadOnlyDictionary<string, long> States { get; init; }

    /// <summary>Runs that have finished, those of tasks that are forgotten by now included.</summary>
    public long Finished { get; init; }

    /// <summary>Tasks that have failed for good, or because an input had.</summary>
    public long Failed { get; init; }

    /// <summary>The time of all finished runs together.</summary>
    public TimeSpan TotalTime { get; init; }

    /// <summary>The bytes of all their values together.</summary>
    public long TotalBytes { get; init; }

    /// <summary>When the first finished run began, by this machine's clock (UTC); null = none has finished.</summary>
    public DateTime? Started { get; init; }

    /// <summary>When the last finished run ended, by this machine's clock (UTC); null = none has.</summary>
    public DateTime? Stopped { get; init; }

    /// <summary>The mean time of a finished run; zero = none has.</summary>
    public TimeSpan MeanTime => Finished == 0 ? TimeSpan.Zero : TotalTime / Finished;
}
