using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>Limits: runs per retry, slots, resources, leases.</summary>
internal sealed partial class Checks
{
    private readonly Dictionary<TaskId, int> _failures = [];
    private readonly HashSet<long> _taken = [];
    private (ulong Token, long EndsUs) _lease;

    /// <summary>7: a task that throws is run again as often as it may be, and no more.</summary>
    private void CountFailures(SchedulerWorker worker, TasksFailed message)
    {
        for (var i = 0; i < message.Tasks.Count; i++)
        {
            var task = message.Tasks[i];
            if (_dispatched.GetValueOrDefault(task) != (worker.Number, message.Attempts[i])
                || _cluster.Scheduler.Machine.StateOf(task) != TaskState.Processing
                || !_countedFailures.Add((task, message.Attempts[i])))
                continue;
            var failures = _failures[task] = _failures.GetValueOrDefault(task) + 1;
            var most = _cluster.Clients.Select(client => client.WorkOf(task)).OfType<Work>()
                .Select(work => work.Retries + 1).DefaultIfEmpty(int.MaxValue).Max();
            Require(
                failures <= most || _cluster.Has(Faults.Retries) || FindWork(task) is { IsSpeculative: true },
                task,
                $"it has thrown {failures} times and may {most} times");
        }
    }

    private readonly HashSet<(TaskId, int)> _countedFailures = [];

    private void ForgetLoads(bool keepsJournal)
    {
        _failures.Clear();
        _countedFailures.Clear();
        if (!keepsJournal)
            _lease.EndsUs = 0;
    }

    /// <summary>
    /// 11: no more runs hold slots than there are threads, and no more of a resource is taken than there is (what running
    /// tasks wait for may run beside them: then the count says nothing).
    /// </summary>
    public void Slots(Incarnation incarnation, int threads, int licences)
    {
        int slots = 0, taken = 0;
        foreach (var run in incarnation.Running)
        {
            slots += run.HoldsSlot ? 1 : 0;
            taken += Counts(incarnation, run) ? run.Licences : 0;
        }

        if (slots > threads)
            throw new SimulationException($"11: {incarnation.Label} runs {slots} tasks on {threads} threads");
        if (taken > licences && _recomputed.Count == 0)
            throw new SimulationException($"11: {incarnation.Label} has {licences} of the resource, and {taken} are taken");
    }

    /// <summary>The scheduler gives the lock out: never while an earlier lease stands, and each token above the last.</summary>
    private void LeaseSent(ulong token)
    {
        if (token == _lease.Token)
            return;

        // Tokens follow the clock: they say when a lease was given out, which is told when it is on disk.
        var now = (long)token;
        if (token < _lease.Token)
            throw new SimulationException($"lease {token} was given out after lease {_lease.Token}");
        if (now < _lease.EndsUs)
            throw new SimulationException($"lease {token} was given out at {now} µs, lease {_lease.Token} lasts until {_lease.EndsUs}");
        _lease = (token, now + VirtualClient.LeaseUs);
    }

    private void LeaseEnded(ulong token)
    {
        if (token == _lease.Token)
            _lease.EndsUs = 0;
    }

    /// <summary>A value that was put once is taken once at most.</summary>
    public void TakenFromQueue(long value)
    {
        if (!_taken.Add(value))
            throw new SimulationException($"{value} was put into the queue once, and taken twice");
    }
}
