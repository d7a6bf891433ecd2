using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Placement;

/// <summary>
/// How many tasks a worker is given ahead of time: threads × (1 + backlog / mean duration), but at least 2 and at most
/// 256 per thread. The backlog covers the round trip some times over, so that ends of short runs can be told together.
/// Said over occupancy, so that it holds for mixed durations.
/// </summary>
internal static class DepthRule
{
    public const int MinPerThread = 2;
    public const int MaxPerThread = 256;

    /// <summary>Depth per thread while a function's duration is unknown.</summary>
    public const int UnknownPerThread = 16;

    /// <summary>The duration that makes the rule give <see cref="UnknownPerThread"/>.</summary>
    public static long UnknownDurationUs(long backlogUs) =>
        Math.Max(1, (backlogUs + UnknownPerThread - 1) / UnknownPerThread);

    /// <summary>Whether the worker may be given one more task.</summary>
    public static bool HasRoom(SchedulerWorker worker, long backlogUs, int maxPerThread = MaxPerThread)
    {
        if (!worker.TakesTasks)
            return false;
        long active = worker.ActiveCount;
        return active < (long)maxPerThread * worker.Threads
            && (active < MinPerThread * worker.Threads || worker.Load < backlogUs);
    }
}
