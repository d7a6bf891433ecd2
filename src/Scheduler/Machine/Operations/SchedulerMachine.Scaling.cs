using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>How many workers would be right, and which ones to close if there are too many.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>The cluster is sized to have done what it has within so many microseconds.</summary>
    private const long TargetUs = 5_000_000;

    /// <summary>
    /// The number of workers that would have done all known work in five seconds: at most one thread for each task, and
    /// twice as many as now if 60 % of the memory is taken.
    /// </summary>
    private int AdaptiveTarget()
    {
        long work = 0, limits = 0;
        int threads = 0;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is null)
                continue;
            work += worker.OccupancyUs;
            threads += worker.Threads;
            limits += worker.MemoryLimit == long.MaxValue ? 0 : worker.MemoryLimit;
        }

        int queued = _stateCounts[(int)TaskState.Queued] + _stateCounts[(int)TaskState.NoWorker];
        work += queued * MeanRunUs();
        long wanted = Math.Min((work + TargetUs - 1) / TargetUs, queued + _stateCounts[(int)TaskState.Processing]);
        long perWorker = WorkerCount == 0 ? 1 : Math.Max(1, threads / WorkerCount);
        long target = (wanted + perWorker - 1) / perWorker;
        if (limits > 0 && _storedBytes > limits / 10 * 6)
            target = Math.Max(target, WorkerCount * 2L);
        return (int)Math.Min(target, int.MaxValue);
    }

    private long MeanRunUs()
    {
        long total = 0, count = 0;
        for (int function = 0; function < _functions.Count; function++)
        {
            total += _functions[function].TotalUs;
            count += _functions[function].FinishedCount;
        }

        return count == 0 ? TargetUs / 10 : total / count;
    }

    /// <summary>
    /// Up to <paramref name="count"/> workers that can be spared: idle ones first, then those with least data; none with
    /// long-running tasks, never the last, and what is left keeps memory for twice the data.
    /// </summary>
    private List<SchedulerWorker> WorkersToClose(int count)
    {
        List<SchedulerWorker> candidates = [];
        long memory = 0;
        int running = 0;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not { Status: WorkerStatus.Running })
                continue;
            running++;
            memory = worker.MemoryLimit == long.MaxValue ? long.MaxValue : SaturatingAdd(memory, worker.MemoryLimit);
            if (worker.SecededCount == 0 && !worker.IsSetAside)
                candidates.Add(worker);
        }

        candidates.Sort(static (left, right) => ClosesBefore(left, right));
        List<SchedulerWorker> chosen = [];
        foreach (SchedulerWorker worker in candidates)
        {
            bool isUnlimited = memory == long.MaxValue;
            if (chosen.Count == Math.Min(count, running - 1)
                || (!isUnlimited && memory - worker.MemoryLimit < _storedBytes * 2))
                break;
            memory -= isUnlimited ? 0 : worker.MemoryLimit;
            chosen.Add(worker);
        }

        return chosen;
    }

    private static int ClosesBefore(SchedulerWorker left, SchedulerWorker right)
    {
        int byWork = (left.ActiveCount > 0).CompareTo(right.ActiveCount > 0);
        int byData = byWork != 0 ? byWork : left.StoredBytes.CompareTo(right.StoredBytes);
        return byData != 0 ? byData : left.Number.CompareTo(right.Number);
    }

    private static long SaturatingAdd(long left, long right) =>
        left > long.MaxValue - right ? long.MaxValue : left + right;
}
