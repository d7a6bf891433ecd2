using System.Globalization;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Tasks whose inputs may not fit into a worker's memory: they go only where they fit, and fail where they never will.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>Bytes of all copies of all values.</summary>
    private long _storedBytes;

    /// <summary>The smallest memory limit of a connected worker.</summary>
    private long _smallestLimit = long.MaxValue;

    /// <summary>Whether a task's inputs do not fit into every worker; costs nothing while all values together do.</summary>
    private bool IsLarge(in TaskRow row) => _storedBytes > _smallestLimit && InputBytes(row) > _smallestLimit;

    private long InputBytes(in TaskRow row)
    {
        long bytes = 0;
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            ref TaskRow value = ref _tasks[_edges[edge].Dependency];
            if (value.State == TaskState.Memory)
                bytes += value.Bytes;
        }

        return bytes;
    }

    private void RefreshSmallestLimit()
    {
        _smallestLimit = long.MaxValue;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                _smallestLimit = Math.Min(_smallestLimit, worker.MemoryLimit);
        }
    }

    /// <summary>
    /// Gives a large task to the worker where it fits and costs least; false when it is held until one is free.
    /// </summary>
    private bool PlaceLarge(int task)
    {
        ref TaskRow row = ref _tasks[task];
        long bytes = InputBytes(row);
        int resources = row.Has(TaskFlags.HasExtras) ? ResourcesOf(task) : -1;
        bool isUrgent = row.Has(TaskFlags.Urgent);
        SchedulerWorker? best = null, largest = null;
        long bestCost = long.MaxValue;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is null || !IsPermitted(task, worker))
                continue;
            if (largest is null || worker.MemoryLimit > largest.MemoryLimit)
                largest = worker;
            if (bytes > worker.MemoryLimit || !MayTake(worker, isUrgent) || !HasSupply(worker, resources, isUrgent))
                continue;
            long cost = worker.Load + FetchCost(row, worker);
            if (cost >= bestCost)
                continue;
            best = worker;
            bestCost = cost;
        }

        if (best is not null)
        {
            Assign(task, best);
            RefreshOpen(best);
        }
        else if (largest is not null && bytes > largest.MemoryLimit)
        {
            Fail(task, TooLargeError(task, row, bytes, largest));
        }
        else if (CanEverBePlaced(task))
        {
            Hold(task);
            return false;
        }
        else
        {
            Transition(task, TaskState.NoWorker);
        }

        return true;
    }

    private TaskError TooLargeError(int task, in TaskRow row, long bytes, SchedulerWorker largest) => new(
        TaskErrorKind.InputsTooLarge,
        "TaskGraph.InputsTooLargeException",
        $"{KeyOf(task, row)} takes {row.DependencyCount} inputs of {MiB(bytes)} together, and the worker with most memory "
            + $"of those that may run it, {largest.Label}, has a limit of {MiB(largest.MemoryLimit)}: combine the inputs in "
            + "several steps, or start workers with a larger --memory-limit",
        RemoteStack: "",
        KeyOf(task, row),
        Worker: "");

    private static string MiB(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0):0.#} MiB");
}
