namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Which worker a task with inputs goes to: by the work before it there, and what it would have to fetch.
/// </content>
internal sealed partial class SchedulerMachine
{
    private const int MaxInputsLookedAt = 64;
    private const int MaxCandidates = 8;

    private readonly int[] _candidates = new int[MaxCandidates];

    /// <summary>By candidate: microseconds of fetching that it is spared, since it holds the inputs.</summary>
    private readonly long[] _sparedUs = new long[MaxCandidates];

    /// <summary>
    /// The worker where load plus the cost of fetching missing inputs is least, among some holders of the inputs and
    /// the least loaded worker (distributed's worker objective, with a bounded number of candidates). If the inputs
    /// would take long to come there, links differ enough to look at some more.
    /// </summary>
    private SchedulerWorker ChooseByInputs(in TaskRow row, SchedulerWorker least)
    {
        if (ChooseBySmallInputs(row, least) is { } chosen)
            return chosen;
        int count = CollectCandidates(row);
        SchedulerWorker best = least;
        long fetchCost = FetchCost(row, least);
        long bestCost = least.Load + fetchCost;
        for (int i = 0; i < count; i++)
        {
            SchedulerWorker? worker = _workers[_candidates[i]];
            if (worker is not { TakesTasks: true } || worker == least)
                continue;
            long cost = worker.Load + FetchCost(row, worker);
            if (cost < bestCost)
            {
                best = worker;
                bestCost = cost;
            }
        }

        return Math.Min(fetchCost, bestCost) < TellingUs ? best : ChooseAmongOpen(row, best, bestCost);
    }

    /// <summary>
    /// The same for the usual task, in one pass: inputs with one holder each, too small for links and room to matter. Null if it
    /// is not such a task.
    /// </summary>
    private SchedulerWorker? ChooseBySmallInputs(in TaskRow row, SchedulerWorker least)
    {
        if (_partitions.Count > 0)
            return null;
        int count = 0;
        long bytes = _functions[row.Function].MeanBytes;
        long allUs = 0, sparedByLeastUs = 0;
        int end = row.FirstDependency + Math.Min(row.DependencyCount, MaxInputsLookedAt);
        for (int edge = row.FirstDependency; edge < end; edge++)
        {
            ref TaskRow value = ref _tasks[_edges[edge].Dependency];
            if (value.State != TaskState.Memory || value.Has(TaskFlags.HasReplicas))
                return null;
            bytes += value.Bytes;
            long us = _options.FetchLatencyUs;
            if (value.Bytes >= _options.BandwidthBytesPerUs)
                us += value.Bytes / _options.BandwidthBytesPerUs;
            allUs += us;
            if (value.Worker == least.Number)
                sparedByLeastUs += us;
            int candidate = _candidates.AsSpan(0, count).IndexOf(value.Worker);
            if (candidate < 0)
            {
                if (count == MaxCandidates)
                    continue;
                candidate = count++;
                _candidates[candidate] = value.Worker;
                _sparedUs[candidate] = 0;
            }

            _sparedUs[candidate] += us;
        }

        if (bytes >= TellingBytes)
            return null;
        SchedulerWorker best = least;
        long leastFetchUs = allUs - sparedByLeastUs;
        long bestCost = least.Load + leastFetchUs;
        for (int i = 0; i < count; i++)
        {
            if (_candidates[i] == least.Number || _workers[_candidates[i]] is not { TakesTasks: true } worker)
                continue;
            long cost = worker.Load + allUs - _sparedUs[i];
            if (cost >= bestCost)
                continue;
            best = worker;
            bestCost = cost;
        }

        return Math.Min(leastFetchUs, bestCost) < TellingUs ? best : ChooseAmongOpen(row, best, bestCost);
    }

    private int CollectCandidates(in TaskRow row)
    {
        int count = 0;
        int end = row.FirstDependency + Math.Min(row.DependencyCount, MaxInputsLookedAt);
        for (int edge = row.FirstDependency; edge < end; edge++)
        {
            int input = _edges[edge].Dependency;
            ref TaskRow value = ref _tasks[input];
            count = AddCandidate(value.Worker, count);
            if (!value.Has(TaskFlags.HasReplicas))
                continue;
            for (int link = _replicas.First(input); link >= 0 && count < MaxCandidates; link = _replicas.Next(link))
                count = AddCandidate(_replicas.Worker(link), count);
        }

        return count;
    }

    private int AddCandidate(int worker, int count)
    {
        if (worker < 0 || count == MaxCandidates || _candidates.AsSpan(0, count).Contains(worker))
            return count;
        _candidates[count] = worker;
        return count + 1;
    }
}
