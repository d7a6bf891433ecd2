using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>What the scheduler knows of itself and its workers.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Version">Its version, runtime and architecture.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="TaskCounts">How many tasks it holds, by state.</param>
/// <param name="Workers">The workers present.</param>
public sealed record SchedulerInfo(
    string Address, string Version, int ProcessId, IReadOnlyDictionary<string, long> TaskCounts,
    IReadOnlyList<WorkerInfo> Workers);
