using System.Buffers.Binary;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Simulation;

/// <summary>Instructions carried out: virtual threads that run tasks by priority.</summary>
internal sealed partial class Incarnation
{
    private readonly Dictionary<int, Run> _runs = [];
    private readonly PriorityQueue<Run, (long Priority, long Sequence)> _queue = new();
    private readonly List<(int Row, int Serial, bool Accepted)> _takenBack = [];
    private readonly List<Run> _ended = [];
    private readonly List<Run> _slotChanges = [];
    private readonly Queue<Run> _rejoining = new();
    private int _occupied;
    private long _sequence;

    /// <summary>One run of a task; what it returns is known when it starts.</summary>
    internal sealed class Run
    {
        public required TaskId Task { get; init; }
        public required int Row { get; init; }
        public required int Serial { get; init; }
        public required int Attempt { get; init; }
        public required Behaviour Behaviour { get; init; }
        public required long Salt { get; init; }
        public required long[] Inputs { get; init; }
        public required int Licences { get; init; }
        public required bool IsInlineWanted { get; init; }
        public bool IsStarted { get; set; }
        public bool HasEnded { get; set; }
        public bool HoldsSlot { get; set; }
        public bool IsCancelled { get; set; }
        public long Value { get; set; }
        public long DurationUs { get; set; }
        public TaskError? Error { get; set; }
    }

    /// <summary>Runs that have started and not ended.</summary>
    public IEnumerable<Run> Running => _runs.Values.Where(run => run.IsStarted && !run.HasEnded);

    private bool CarryOut(FetchedValues? values)
    {
        foreach (var instruction in Machine.Outbox.Instructions)
        {
            switch (instruction.Kind)
            {
                case InstructionKind.Execute: Enqueue(instruction.Row); break;
                case InstructionKind.CancelRun: Cancel(instruction.Row); break;
                case InstructionKind.TakeBack: TakeBack(instruction.Row); break;
                case InstructionKind.Store:
                    Keep(instruction.Task, values?.Values[instruction.Index] ?? _ended[instruction.Index].Value);
                    break;
                case InstructionKind.Drop: Drop(instruction.Task); break;
                case InstructionKind.Spill: Spill(instruction); break;
                case InstructionKind.Evict: Evict(instruction.Task); break;
                case InstructionKind.Load: Load(instruction); break;
                case InstructionKind.StartFetch: Fetch(Machine.Request(instruction.Index), Post); break;
                case InstructionKind.RequestFunction:
                    if (!_announced.Contains(Machine.FunctionAt(instruction.Index)))
                        throw new SimulationException($"{Label} was never told of a function that it is to run");
                    break;
            }
        }

        Machine.Outbox.Instructions.Clear();
        StartRuns();
        if (_takenBack.Count == 0)
            return false;
        foreach (var (row, serial, accepted) in _takenBack)
            Machine.TakenBack(row, serial, accepted, _cluster.Time.NowUs);
        _takenBack.Clear();
        return true;
    }

    private void Enqueue(int row)
    {
        ref readonly var task = ref Machine.Row(row);
        var ids = new TaskId[task.InputCount];
        Machine.CopyInputs(row, ids);
        var run = new Run
        {
            Task = task.Id,
            Row = row,
            Serial = task.Serial,
            Attempt = task.Attempt,
            Behaviour = _cluster.BehaviourOf(Machine.FunctionOf(row)),
            Salt = BinaryPrimitives.ReadInt64LittleEndian(task.ArgumentBlob.AsSpan(task.ArgumentStart)),
            Inputs = Array.ConvertAll(ids, InputValue),
            Licences = _cluster.LicencesOf(task.Id),
            IsInlineWanted = (task.Flags & ComputeFlags.InlineResult) != 0,
        };
        if (_runs.TryGetValue(row, out var earlier) && !earlier.HasEnded)
            throw new SimulationException($"{Label} is to run {task.Id} while row {row} still runs");
        _runs[row] = run;
        _queue.Enqueue(run, (task.Priority, -(++_sequence)));
    }

    private long InputValue(TaskId input) => Store.TryGetValue(input, out var value) && !_onDisk.Contains(input)
        ? value
        : throw new SimulationException($"{Label} is to run a task whose input {input} it has not got in memory");

    private void StartRuns()
    {
        while (_occupied < _cluster.Scenario.Threads && _rejoining.TryDequeue(out var back))
        {
            if (back.HasEnded)
                continue;
            back.HoldsSlot = true;
            _occupied++;
            _slotChanges.Add(back);
            PlanTurn();
        }

        while (_occupied < _cluster.Scenario.Threads && _queue.TryDequeue(out var run, out _))
        {
            if (run.HasEnded)
                continue;
            run.IsStarted = run.HoldsSlot = true;
            _occupied++;
            _cluster.Log?.Add($"{Label} starts {run.Task}#{run.Attempt}");
            _cluster.Checks.RunStarts(this, run);
            if (_cluster.CheckEvery == 1)
                _cluster.Checks.Slots(this, _cluster.Scenario.Threads, _process.Licences);
            var duration = run.DurationUs = _cluster.DurationUs(run) * _process.Slowness;
            if (run.Behaviour is Behaviour.Secedes or Behaviour.Rejoins or Behaviour.SecedesAndThrows)
                _cluster.Time.After(duration / 2, () => Secede(run));
            if (run.Behaviour == Behaviour.Rejoins)
                _cluster.Time.After(duration * 3 / 4, () => Rejoin(run));
            _cluster.Time.After(duration, () => End(run));
        }
    }

    private void Secede(Run run)
    {
        if (!IsCurrent || run.HasEnded)
            return;
        LeaveSlot(run);
        _slotChanges.Add(run);
        PlanTurn();
    }

    private void Rejoin(Run run)
    {
        if (!IsCurrent || run.HasEnded)
            return;
        _rejoining.Enqueue(run);
        StartRuns();
    }

    private void End(Run run)
    {
        if (!IsCurrent || run.HasEnded)
            return;
        run.HasEnded = true;
        run.Value = Work.ValueOf(run.Behaviour, run.Salt, run.Inputs);
        run.Error = _cluster.ErrorOf(run);
        LeaveSlot(run);
        _ended.Add(run);
        StartRuns();
        PlanTurn();
    }

    private void LeaveSlot(Run run)
    {
        _occupied -= run.HoldsSlot ? 1 : 0;
        run.HoldsSlot = false;
        StartRuns();
    }

    /// <summary>A run that has not started ends at once; one that has may heed its token, or not.</summary>
    private void Cancel(int row)
    {
        if (!_runs.TryGetValue(row, out var run) || run.HasEnded)
            return;
        run.IsCancelled = true;
        if (run.IsStarted && _cluster.Choices.Next(2) == 0)
            return;
        run.HasEnded = true;
        run.Error = VirtualCluster.NewError("cancelled");
        LeaveSlot(run);
        _ended.Add(run);
        PlanTurn();
    }

    private void TakeBack(int row)
    {
        if (!_runs.TryGetValue(row, out var run) || run.HasEnded && !_ended.Contains(run))
            return;
        var accepted = !run.IsStarted && !run.HasEnded;
        if (accepted)
        {
            run.HasEnded = true;
            _runs.Remove(row);
        }

        _takenBack.Add((run.Row, run.Serial, accepted));
    }

    private void HandleRuns()
    {
        // What a run holds now is what counts: a change that has been overtaken is followed by another.
        var changes = _slotChanges.ToArray();
        _slotChanges.Clear();
        foreach (var run in changes)
        {
            if (run.HoldsSlot)
                Machine.Rejoined(run.Row, run.Serial, _cluster.Time.NowUs);
            else
                Machine.Seceded(run.Row, run.Serial, _cluster.Time.NowUs);
        }

        if (_ended.Count == 0)
            return;
        var ended = _ended.ToArray();
        var outcomes = Array.ConvertAll(ended, OutcomeOf);
        foreach (var run in ended)
        {
            if (_runs.GetValueOrDefault(run.Row) == run)
                _runs.Remove(run.Row);
        }

        Machine.Handle(outcomes, _cluster.Time.NowUs);
        CarryOut(values: null);
        _ended.RemoveRange(0, ended.Length);
    }

    private static RunOutcome OutcomeOf(Run run) => new()
    {
        Row = run.Row,
        Serial = run.Serial,
        Bytes = sizeof(long),
        DurationUs = (int)run.DurationUs,
        Inline = run.IsInlineWanted ? BitConverter.GetBytes(run.Value) : null,
        Error = run.Error,
    };
}
