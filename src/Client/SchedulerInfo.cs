using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>What the scheduler knows of itself and its workers.</summary>
/// <param name="SchedulerAddress">Where it listens.</param>
/// <param name="SchedulerVersion">Its version, runtime and architecture.</param>
/// <param name="SchedulerProcessId">Its process.</param>
/// <param name="TaskCounts">How many tasks it holds, by state.</param>
/// <param name="Workers">The workers present.</param>
/// <param name="LongestGcPause">
/// The longest stop of its process for the collection of garbage since its start.
/// </param>
public sealed record SchedulerInfo(
    string SchedulerAddress, string SchedulerVersion, int SchedulerProcessId,
    IReadOnlyDictionary<string, long> TaskCounts,
    IReadOnlyList<WorkerInfo> Workers,
    TimeSpan LongestGcPause)
{
    /// <summary>
    /// How many workers would have done all known work within five seconds: at most one thread for each task, and twice
    /// as many as there are while 60 % of their memory is taken.
    /// </summary>
    public int AdaptiveTarget { get; init; }
}
