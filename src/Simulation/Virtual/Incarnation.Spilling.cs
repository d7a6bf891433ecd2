using TaskGraph.Worker.Machine;

namespace TaskGraph.Simulation;

/// <summary>A virtual disk: writes and reads take their time, find no room, or find other bytes than were written.</summary>
internal sealed partial class Incarnation
{
    private readonly HashSet<TaskId> _files = [];
    private readonly HashSet<TaskId> _onDisk = [];
    private readonly HashSet<TaskId> _damaged = [];

    private sealed record StoreArrival(int Row, int Ticket, TaskId Task, StoreOutcome Outcome);

    private sealed record LoadArrival(int Row, int Ticket, TaskId Task);

    private sealed record DamagedArrival(TaskId Task);

    /// <summary>Whether it starts nothing: somebody said so, or its disk is full.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether the file with the value has turned out to be damaged.</summary>
    public bool HasDamaged(TaskId task) => _damaged.Contains(task);

    /// <summary>Reads a value for another worker.</summary>
    public bool TryServe(TaskId task, out long value)
    {
        if (!Store.TryGetValue(task, out value))
            return false;
        if (!_onDisk.Contains(task) || !IsDamaged(task))
            return true;
        Post(new DamagedArrival(task));
        return false;
    }

    private WorkerMachineOptions WithDisk(WorkerMachineOptions options) => !_cluster.Has(Faults.Spills) ? options : options with
    {
        TargetBytes = sizeof(long) * _cluster.Choices.Next(1, 8),
        LeastSpilledBytes = 1,
        MaxBytesInFlight = sizeof(long) * _cluster.Choices.Next(1, 5),
        SpillPauseUs = 3_000,
    };

    private void Spill(Instruction instruction)
    {
        if (!Store.ContainsKey(instruction.Task) || _onDisk.Contains(instruction.Task))
            throw new SimulationException($"{Label} is to write {instruction.Task}, which is not in its memory");
        _cluster.Happened(Faults.Spills);
        var luck = _cluster.AreFaultsOn ? _cluster.Choices.Next(100) : 0;
        var outcome = _process.DiskFullUntilUs > _cluster.Time.NowUs || luck >= 97 ? StoreOutcome.NoRoom
            : luck >= 95 ? StoreOutcome.NotEncodable
            : StoreOutcome.Stored;
        var arrival = new StoreArrival(instruction.Row, instruction.Index, instruction.Task, outcome);
        _cluster.Time.After(_cluster.Choices.Exponential(300), () => Post(arrival));
    }

    private void Evict(TaskId task)
    {
        if (!_files.Contains(task) || !_onDisk.Add(task))
            throw new SimulationException($"{Label} is to forget {task}, which is not in its memory and on its disk");
    }

    private void Load(Instruction instruction)
    {
        if (!_onDisk.Contains(instruction.Task))
            throw new SimulationException($"{Label} is to read {instruction.Task}, which is not on its disk alone");
        var arrival = new LoadArrival(instruction.Row, instruction.Index, instruction.Task);
        _cluster.Time.After(_cluster.Choices.Exponential(300), () => Post(arrival));
    }

    private void TakeStored(StoreArrival arrival)
    {
        if (Machine.Stored(arrival.Row, arrival.Ticket, arrival.Outcome, _cluster.Time.NowUs))
            _files.Add(arrival.Task);
    }

    private void TakeLoaded(LoadArrival arrival)
    {
        var isWhole = !_onDisk.Contains(arrival.Task) || !IsDamaged(arrival.Task);
        if (Machine.Loaded(arrival.Row, arrival.Ticket, isWhole, _cluster.Time.NowUs))
            _onDisk.Remove(arrival.Task);
    }

    private void Drop(TaskId task)
    {
        Store.Remove(task);
        _files.Remove(task);
        _onDisk.Remove(task);
    }

    private bool IsDamaged(TaskId task)
    {
        if (!_damaged.Contains(task) && _cluster.AreFaultsOn && _cluster.Choices.Chance(5))
        {
            _cluster.Log?.Add($"a bit of {task} has flipped on {Label}");
            _damaged.Add(task);
            _cluster.Events.LossCount++;
        }

        return _damaged.Contains(task);
    }

    /// <summary>Begins or ends a pause; true = the machine should decide again.</summary>
    private bool UpdatePause()
    {
        var isPaused = Machine.IsDiskFull || _process.PausedUntilUs > _cluster.Time.NowUs;
        if (isPaused == IsPaused)
            return false;
        IsPaused = isPaused;
        _cluster.Log?.Add($"{Label} {(isPaused ? "pauses" : "runs again")}");
        Machine.Pause(isPaused, _cluster.Time.NowUs);
        _process.SayHow();
        return true;
    }
}
