using TaskGraph.Scheduler.Placement;

namespace TaskGraph.Scheduler.Machine;

/// <content>Loads: who has room, who has too much, and taking queued tasks back for a worker that is idle.</content>
internal sealed partial class SchedulerMachine
{
    private const int MaxVictimsLookedAt = 8;
    private const int MaxRetractedAtOnce = 64;

    /// <summary>Workers with more tasks than threads.</summary>
    private readonly List<SchedulerWorker> _loaded = [];

    private int _freeThreads;
    private int _retractingCount;
    private int _victimTurn;
    private long _balanceAt = long.MaxValue;

    /// <summary>
    /// Takes a run into the means of its function and worker, and into all loads when the estimate was far off.
    /// </summary>
    private void Measure(int function, SchedulerWorker on, int durationUs, long bytes)
    {
        FunctionRecord record = _functions[function];
        record.Measure(durationUs, bytes, _now);
        if (durationUs >= TellingUs)
            on.MeasureSpeed(durationUs, record.MeanUs);
        if (!record.IsEstimateStale)
            return;
        long change = record.MeanUs - record.EstimateUs;
        record.EstimateUs = record.MeanUs;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is null || worker.AssignedOf(function) == 0)
                continue;
            worker.OccupancyUs += change * worker.AssignedOf(function);
            MarkLoad(worker);
        }
    }

    private void MarkLoad(SchedulerWorker worker)
    {
        if (worker.IsLoadDirty)
            return;
        worker.IsLoadDirty = true;
        _loadDirty.Add(worker);
    }

    private void RefreshLoads()
    {
        foreach (SchedulerWorker worker in _loadDirty)
        {
            worker.IsLoadDirty = false;
            RefreshOpen(worker);
        }

        _loadDirty.Clear();
    }

    /// <summary>
    /// Puts a worker where its load belongs: in the heap of open workers, and in the list of loaded ones.
    /// </summary>
    private void RefreshOpen(SchedulerWorker worker)
    {
        if (DepthRule.HasRoom(worker, _options.BacklogUs, _options.MaxTasksPerThread))
            _open.Update(worker);
        else
            _open.Remove(worker);
        int free = worker.TakesTasks ? Math.Max(0, worker.Threads - worker.ActiveCount) : 0;
        _freeThreads += free - worker.CountedFreeThreads;
        worker.CountedFreeThreads = free;
        SetLoaded(worker, worker.Status != WorkerStatus.Lost && worker.ActiveCount > worker.Threads);
    }

    private void RemoveFromLoads(SchedulerWorker worker)
    {
        if (worker.IsLoadDirty)
            _loadDirty.Remove(worker);
        worker.IsLoadDirty = false;
        RefreshOpen(worker);
    }

    private void SetLoaded(SchedulerWorker worker, bool isLoaded)
    {
        if (isLoaded == worker.LoadedIndex >= 0)
            return;
        if (isLoaded)
        {
            worker.LoadedIndex = _loaded.Count;
            _loaded.Add(worker);
            return;
        }

        SchedulerWorker last = _loaded[^1];
        _loaded[worker.LoadedIndex] = last;
        last.LoadedIndex = worker.LoadedIndex;
        worker.LoadedIndex = -1;
        _loaded.RemoveAt(_loaded.Count - 1);
    }

    /// <summary>
    /// While threads are free and workers have more than they can run, asks these to give back half of their surplus.
    /// Short queues of short tasks are left alone: they are done before the answer is here, unless they are overdue.
    /// </summary>
    private void Balance()
    {
        RefreshLoads();
        _balanceAt = long.MaxValue;
        if (_freeThreads == 0 || _loaded.Count == 0 || !_options.StealsWork)
            return;
        int wanted = _freeThreads - _retractingCount;
        for (int looked = 0; wanted > 0 && looked < Math.Min(MaxVictimsLookedAt, _loaded.Count); looked++)
        {
            SchedulerWorker victim = _loaded[_victimTurn++ % _loaded.Count];
            if (victim.RetractingCount > 0 || !victim.IsConnected || _now < victim.NotStolenBefore)
                continue;
            NoteOverrun(victim);
            if (_open.Least is { } thief && thief != victim && IsWorthRetracting(victim))
                wanted -= Retract(victim, thief);
        }

        _victimTurn &= 0xFFFF;
        _balanceAt = _now + _options.OverdueUs;
    }

    private bool IsWorthRetracting(SchedulerWorker victim) =>
        victim.Load > _options.RoundTripUs * 2 || _now - victim.LastAnswer >= _options.OverdueUs;

    /// <summary>
    /// Asks for the last given tasks, those least likely to have started, as long as one more would be done earlier at
    /// the thief (and those that are idle with it) than in its turn here.
    /// </summary>
    private int Retract(SchedulerWorker victim, SchedulerWorker thief)
    {
        int surplus = victim.ActiveCount - victim.Threads;
        int most = Math.Min(MaxRetractedAtOnce, (surplus + 1) / 2);
        int asked = 0;
        int looked = 0;
        for (int task = victim.LastAssigned; task >= 0 && asked < most && looked < MaxRetractedAtOnce * 2; looked++)
        {
            ref TaskRow row = ref _tasks[task];
            int previous = row.PreviousAssigned;
            bool canMove = !row.Has(TaskFlags.Seceded | TaskFlags.Started | TaskFlags.Retracting | TaskFlags.HasExtras)
                || (!row.Has(TaskFlags.Seceded | TaskFlags.Started | TaskFlags.Retracting) && !HasPlaceNeeds(task));
            if (canMove && IsWorthMoving(row, victim, thief, asked))
            {
                Dirty(victim);
                victim.Outbox.Retract(IdOf(row), row.Attempt);
                row.Flags |= TaskFlags.Retracting;
                asked++;
            }

            task = previous;
        }

        // A look at the same tasks in every turn would cost more than the tasks.
        if (asked == 0)
            victim.NotStolenBefore = _now + (_options.OverdueUs / 4);
        victim.RetractingCount += asked;
        _retractingCount += asked;
        return asked;
    }

    private bool IsWorthMoving(in TaskRow row, SchedulerWorker victim, SchedulerWorker thief, int asked)
    {
        long run = _functions[row.Function].EstimateUs;
        long here = victim.Load - (victim.Scaled(run) * asked / victim.Threads);
        long there = thief.Load + (thief.Scaled(run) * (1 + (asked / _freeThreads)));
        if (row.DependencyCount > 0)
            there += FetchCost(row, thief);
        return there <= here - (victim.Scaled(run) / 2);
    }
}
