using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Limits on waiting that people may set: how long a task may be without a worker that can run it, and how long the
/// scheduler stays up without anything to do. Looked at in every tick; both are off by default.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>Since when tasks are in NoWorker; empty unless there is a limit.</summary>
    private readonly Dictionary<int, long> _unplacedSince = [];

    private readonly List<int> _expired = [];

    /// <summary>Since when no worker is connected.</summary>
    private long _deserted;

    private long _idleSince;
    private long _movesWhenIdle = -1;

    private bool HasTimeouts => _options.NoWorkersTimeoutUs > 0 || _options.IdleTimeoutUs > 0;

    private void LeaveNoWorker(int task)
    {
        _noWorker.Remove(task);
        if (_unplacedSince.Count > 0)
            _unplacedSince.Remove(task);
    }

    private void CheckTimeouts()
    {
        if (_options.NoWorkersTimeoutUs > 0)
            FailUnplaced();
        if (_options.IdleTimeoutUs > 0)
            CheckIdle();
    }

    private void FailUnplaced()
    {
        foreach (int task in _noWorker)
        {
            if (!_unplacedSince.TryGetValue(task, out long since))
                _unplacedSince.Add(task, _now);
            else if (_now - since >= _options.NoWorkersTimeoutUs)
                _expired.Add(task);
        }

        foreach (int task in _expired)
        {
            if (_tasks[task].State == TaskState.NoWorker)
                Fail(task, NoWorkerError(task));
        }

        _expired.Clear();
        if (WorkerCount > 0)
            _deserted = _now;
        if (_now - _deserted < _options.NoWorkersTimeoutUs || _stateCounts[(int)TaskState.Queued] == 0)
            return;
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            if (_tasks[task].State == TaskState.Queued)
                Fail(task, NoWorkerError(task));
        }
    }

    private TaskError NoWorkerError(int task)
    {
        ref TaskRow row = ref _tasks[task];
        System.Text.StringBuilder text = new();
        text.Append($"{KeyOf(task, row)} has waited for {_options.NoWorkersTimeoutUs / 1_000_000} s, which is ");
        text.Append("--no-workers-timeout, for a worker that may run it:");
        ExplainPlaces(text, task);
        return new TaskError(
            TaskErrorKind.NoWorker, "TaskGraph.NoWorkerException", text.ToString(), RemoteStack: "",
            KeyOf(task, row), Worker: "");
    }

    /// <summary>Whether tasks wait, are queued or run.</summary>
    public bool IsBusy => _stateCounts[(int)TaskState.Waiting] + _stateCounts[(int)TaskState.Queued]
        + _stateCounts[(int)TaskState.NoWorker] + _stateCounts[(int)TaskState.Processing] > 0;

    /// <summary>Idle = nothing waits, is queued or runs, none is being submitted, and none came and went meanwhile.</summary>
    private void CheckIdle()
    {
        bool isBusy = IsBusy || _log.Count != _movesWhenIdle || _submissions.HasStaged;
        if (isBusy)
        {
            _movesWhenIdle = _log.Count;
            _idleSince = _now;
        }
        else if (_now - _idleSince >= _options.IdleTimeoutUs)
        {
            string reason = $"nothing to do for {_options.IdleTimeoutUs / 1_000_000} s, which is --idle-timeout";
            Effects.Add(new SchedulerEffect(EffectLevel.Info, $"the cluster ends: {reason}", Close: null));
            Requests.Add(new ServerRequest.Stop(reason));
            _idleSince = _now;
        }
    }
}
