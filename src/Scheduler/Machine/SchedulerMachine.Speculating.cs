using System.Runtime.InteropServices;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Speculation, for tasks whose client asked for it: a run that takes far longer than its function's runs do gets a second
/// one beside it, on a worker with an idle thread. Nothing here is looked at while no task asks for it.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>A run is a straggler beyond so many times its function's median.</summary>
    private const int StragglerFactor = 3;

    /// <summary>Since when tasks have been among those that their worker has threads for: no run is older.</summary>
    private readonly Dictionary<int, FrontRun> _frontRuns = [];

    private readonly List<int> _leftFront = [];

    /// <summary>Tasks that may be run a second time.</summary>
    private int _speculativeCount;

    private long _speculateAt = long.MaxValue;
    private int _frontLook;

    private void MakeSpeculative(ref TaskRow row)
    {
        // Two runs would make two actors.
        if (row.Has(TaskFlags.Actor))
            return;
        row.Flags |= TaskFlags.Speculative;
        _speculativeCount++;
        _functions[row.Function].KeepRecentRuns();
    }

    /// <summary>Looks for stragglers, now and then while there may be any.</summary>
    private void Speculate()
    {
        if (_speculativeCount == 0 || _stateCounts[(int)TaskState.Processing] == 0)
        {
            _speculateAt = long.MaxValue;
            _frontRuns.Clear();
            return;
        }

        if (_speculateAt == long.MaxValue)
            _speculateAt = _now;
        if (_now < _speculateAt)
            return;
        _speculateAt = _now + _options.StragglerLookUs;
        _frontLook++;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                LookAtFront(worker);
        }

        foreach ((int task, FrontRun run) in _frontRuns)
        {
            if (run.Look != _frontLook)
                _leftFront.Add(task);
        }

        foreach (int task in _leftFront)
            _frontRuns.Remove(task);
        _leftFront.Clear();
    }

    /// <summary>Nobody says when a task has started: those that were given first run, as many as there are threads.</summary>
    private void LookAtFront(SchedulerWorker worker)
    {
        int left = worker.Threads;
        for (int task = worker.FirstAssigned; task >= 0 && left > 0; task = _tasks[task].NextAssigned)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.Has(TaskFlags.Seceded))
                continue;
            left--;
            if (!row.Has(TaskFlags.Speculative) || row.Has(TaskFlags.Speculated | TaskFlags.Suspected))
                continue;
            ref FrontRun run = ref CollectionsMarshal.GetValueRefOrAddDefault(_frontRuns, task, out bool isKnown);
            if (!isKnown || run.Attempt != row.Attempt)
                run = new FrontRun { Attempt = row.Attempt, SinceUs = _now };
            run.Look = _frontLook;
            long median = _functions[row.Function].MedianUs;
            long ranUs = _now - run.SinceUs;
            if (median < 0 || ranUs < Math.Max(median * StragglerFactor, _options.LeastStragglerUs))
                continue;
            if (ChooseForSecondRun(task, row) is { } second)
                StartSecondRun(task, second, ranUs, median);
        }
    }

    /// <summary>The fastest other worker with a thread to spare; null also where the copy would take resources twice.</summary>
    private SchedulerWorker? ChooseForSecondRun(int task, in TaskRow row)
    {
        if ((row.Has(TaskFlags.HasExtras) && ResourcesOf(task) >= 0) || CountMissingInputs(row) > 0
            || row.Attempt < _attemptsBefore)
            return null;
        SchedulerWorker? best = null;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not { TakesTasks: true } || worker.Number == row.Worker
                || worker.ActiveCount >= worker.Threads || !IsAllowed(task, worker))
                continue;
            if (best is null || worker.Slowness < best.Slowness)
                best = worker;
        }

        return best;
    }

    private void StartSecondRun(int task, SchedulerWorker worker, long ranUs, long medianUs)
    {
        ref TaskRow row = ref _tasks[task];
        TaskRow second = row;
        second.Attempt++;
        row.Flags |= TaskFlags.Speculated;
        _secondRuns.Add(task, worker.Number);
        worker.SecondRunCount++;
        worker.AddAssigned(row.Function, 1);
        worker.OccupancyUs += _functions[row.Function].EstimateUs;
        TaskId id = IdOf(row);
        _log.Add(id.Submission, id.Index, row.State, row.State, worker.Number, second.Attempt, _now);
        WriteCompute(task, second, worker);
        RecordAttempt(second);
        RefreshOpen(worker);
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info,
            $"{KeyOf(task, row)} has taken {ranUs / 1000} ms at {_workers[row.Worker]!.Label}, others took {medianUs / 1000}: "
                + $"{worker.Label} runs it too",
            Close: null));
    }

    private struct FrontRun
    {
        public int Attempt;
        public long SinceUs;
        public int Look;
    }
}
