using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>What the scheduler's tables say after each turn, against what workers really hold.</summary>
internal sealed partial class Checks
{
    private readonly List<TaskMove> _moves = [];
    private readonly List<(TaskId Task, int Worker)> _holders = [];
    private readonly HashSet<(TaskId Task, int Worker)> _held = [];
    private readonly Dictionary<long, int> _deaths = [];
    private readonly Dictionary<TaskId, int> _recomputed = [];
    private long _movesRead;

    /// <summary>How many results were computed anew because their last copy was gone.</summary>
    public int RecomputedCount => _recomputed.Values.Sum();

    /// <summary>Takes in what has moved up to now.</summary>
    public void Flush()
    {
        var machine = _cluster.Scheduler.Machine;
        machine.ReadMoves(_movesRead, _moves);
        _movesRead = machine.MoveCount;
        foreach (var move in _moves)
        {
            _cluster.Coverage.Moved(move.From, move.To);

            // Submitted again after it has failed, it may fail again.
            if (move.From == TaskState.Erred)
                _failures.Remove(move.Task);
        }

        if (_cluster.CheckEvery == 1)
            Losses();
        _moves.Clear();
    }

    public void SchedulerTurnEnded()
    {
        Flush();
        if (_cluster.CheckEvery > 1)
            return;
        Suspicions();
        Twins();
        _holders.Clear();
        _cluster.Scheduler.Machine.ReadHolders(_holders);
        _held.Clear();
        foreach (var (task, number) in _holders)
        {
            _held.Add((task, number));
            if (Find(number) is { } holder && !holder.Store.ContainsKey(task) && !holder.HasDamaged(task))
                throw new SimulationException($"task {task} : 16: {holder.Label} is believed to hold it, and does not");
        }
    }

    /// <summary>How many workers died, or were given up, while the task of that call was with them.</summary>
    public int DeathsSeen(Work work) => _deaths.GetValueOrDefault(work.Salt);

    private void ForgetMoves()
    {
        _movesRead = 0;
        _held.Clear();
    }

    /// <summary>
    /// A value counts as lost only if nobody whom the scheduler hears holds a copy that it has been told of: what is
    /// recomputed is at most what died. And 17: deaths are counted for what was with a worker when it was given up.
    /// </summary>
    private void Losses()
    {
        foreach (var move in _moves)
        {
            if (move.From == TaskState.Processing && move.To is TaskState.Queued or TaskState.Waiting or TaskState.Erred
                && !_wentInOrder.Contains(move.Worker)
                && _cluster.Scheduler.Workers.All(worker => worker.Number != move.Worker))
                NoteDeath(move.Task);
            var isLoss = move.From == TaskState.Memory && move.To == TaskState.Released
                && _moves.Exists(other => other.Task == move.Task && other.From == TaskState.Released
                    && other.To == TaskState.Waiting);
            if (!isLoss)
                continue;
            _recomputed[move.Task] = _recomputed.GetValueOrDefault(move.Task) + 1;
            foreach (var worker in _cluster.Scheduler.Workers)
            {
                var isThere = _held.Contains((move.Task, worker.Number)) && !HasDropped(worker.Number, move.Task)
                    && Find(worker.Number) is { } holder && holder.Store.ContainsKey(move.Task) && !holder.HasDamaged(move.Task);
                Require(!isThere, move.Task, $"it is computed anew although {worker.Label} holds it");
            }
        }
    }

    /// <summary>In a turn in which a value was released and wanted again, its holders were told to drop it.</summary>
    private bool HasDropped(int worker, TaskId task) => _stopped.ContainsKey((worker, task));

    private void NoteDeath(TaskId task)
    {
        foreach (var client in _cluster.Clients)
        {
            if (client.WorkOf(task) is { } work)
                _deaths[work.Salt] = _deaths.GetValueOrDefault(work.Salt) + 1;
        }
    }

    private Incarnation? Find(int number)
    {
        foreach (var process in _cluster.Processes)
        {
            if (process.Current is { } current && current.Number == number && _cluster.Scheduler.Knows(current.Peer))
                return current;
        }

        return null;
    }
}
