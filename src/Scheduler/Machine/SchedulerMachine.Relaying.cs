using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Workers that cannot reach each other, while both reach the scheduler. What one of them says of the other is believed for
/// some seconds (longer if it goes on), kills nobody, and says where inputs are not to be sought: they come from another
/// holder, or through the scheduler's process. Of pairs that no worker complains of nothing is kept.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>What a value that has to be relayed costs, in microseconds, when places are compared.</summary>
    private const int RelayUs = 20_000;

    /// <summary>By the numbers of two workers, the smaller one first.</summary>
    private readonly Dictionary<(int, int), Partition> _partitions = [];

    /// <summary>Values on their way through the scheduler's process, and to whom.</summary>
    private readonly HashSet<(TaskId Task, int Target)> _relays = [];

    /// <summary>The shell has tried to bring a value from one worker to another.</summary>
    public void RelayEnded(ServerRequest.Relay relay, RelayOutcome outcome, long now)
    {
        _now = now;
        _relays.Remove((relay.Task, relay.Target));
        if (_workers[relay.Target] is not { IsConnected: true } target)
            return;
        int task = _submissions.FindTask(relay.Task);
        if (outcome == RelayOutcome.Arrived)
        {
            ReplicasAdded added = new();
            added.Tasks.Add(relay.Task);
            added.Bytes.Add(relay.Bytes);
            OnReplicasAdded(target, added);
            return;
        }

        DropStray(target, relay.Task, task);
        if (outcome == RelayOutcome.Missing)
        {
            StrikeOff(task, relay.Source);
            RecoverLost("the worker that was to hold it has not got it");
        }

        // It tries again itself, with growing pauses, and complains when that fails.
        if (task >= 0 && _tasks[task].State == TaskState.Memory)
            NameHolders(target, relay.Task, task, except: -1, isAnyNamed: true);
        else
            TellHolders(target, relay.Task, task, unreachable: -1);
    }

    /// <summary>
    /// A copy may have arrived after all, without our knowing; a run of the task there is kept. (The worker may have got a copy from
    /// another holder in the meantime: this goes as well, and what was said of it does not count.)
    /// </summary>
    private void DropStray(SchedulerWorker target, TaskId id, int task)
    {
        if (task < 0)
            FreeStray(target, id, int.MaxValue);
        else if (!Holds(task, _tasks[task], target.Number))
            FreeCopy(target, id, RunsOn(task, _tasks[task], target.Number) ? _tasks[task].Attempt - 1 : _tasks[task].Attempt);
    }

    private void NoteUnreachable(SchedulerWorker worker, int holder)
    {
        if (holder == worker.Number || (uint)holder >= (uint)_workers.Count || _workers[holder] is not { } other)
            return;
        (int, int) pair = PairOf(worker.Number, holder);
        _partitions.TryGetValue(pair, out Partition known);
        if (_now < known.UntilUs)
            return;
        bool goesOn = known.ForUs > 0 && _now - known.UntilUs < _options.LongestPartitionUs;
        long forUs = goesOn ? Math.Min(known.ForUs * 2, _options.LongestPartitionUs) : _options.PartitionUs;
        _partitions[pair] = new Partition(_now + forUs, forUs);
        Effects.Add(new SchedulerEffect(
            EffectLevel.Warning,
            $"worker {worker.Label} cannot reach {other.Label}: values between them go another way for {forUs / 1_000_000} s",
            Close: null));
    }

    private bool CanReach(int worker, int holder) =>
        worker == holder || !_partitions.TryGetValue(PairOf(worker, holder), out Partition known) || _now >= known.UntilUs;

    private static (int, int) PairOf(int worker, int holder) => worker < holder ? (worker, holder) : (holder, worker);

    private void ForgetPartitionsOf(int number)
    {
        if (_partitions.Count == 0)
            return;
        foreach ((int, int) pair in _partitions.Keys.ToArray())
        {
            if (pair.Item1 == number || pair.Item2 == number)
                _partitions.Remove(pair);
        }
    }

    /// <summary>Has the value brought to a worker that reaches none of its holders; false = it reaches one.</summary>
    private bool TryRelay(SchedulerWorker target, int task, in TaskRow row)
    {
        int source = -1;
        foreach (int holder in HoldersOf(task, row))
        {
            if (CanReach(target.Number, holder))
                return false;
            if (_workers[holder] is { IsConnected: true })
                source = holder;
        }

        if (source < 0)
            return false;
        if (_relays.Add((IdOf(row), target.Number)))
        {
            Requests.Add(new ServerRequest.Relay(
                IdOf(row), row.Bytes, source, _workers[source]!.Address, target.Number, target.Address));
        }

        return true;
    }

    private List<int> HoldersOf(int task, in TaskRow row)
    {
        List<int> holders = [row.Worker];
        for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
            holders.Add(_replicas.Worker(link));
        return holders;
    }

    /// <summary>Until when a pair is not to try, and how long that was when it was last prolonged.</summary>
    private readonly record struct Partition(long UntilUs, long ForUs);
}

/// <summary>What came of a <see cref="ServerRequest.Relay"/>.</summary>
internal enum RelayOutcome
{
    Arrived,

    /// <summary>The holder has not got it.</summary>
    Missing,

    /// <summary>One of the two could not be reached, or would not.</summary>
    Failed,
}
