using TaskGraph.Messages;
using TaskGraph.Worker.Actors;
using TaskGraph.Worker.Execution;
using TaskGraph.Worker.Machine;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>The machine's instructions carried out, and the executor's events handed to it.</summary>
internal sealed partial class WorkerLoop
{
    /// <summary>Carries out what the machine asked for; true = the machine has learnt something by it.</summary>
    private bool CarryOut(FetchResult? values)
    {
        var instructions = _machine.Outbox.Instructions;
        for (var i = 0; i < instructions.Count; i++)
        {
            var instruction = instructions[i];
            switch (instruction.Kind)
            {
                case InstructionKind.Execute:
                    _starting.Add(CreateRun(instruction.Row));
                    break;
                case InstructionKind.CancelRun:
                    Cancel(instruction.Row);
                    break;
                case InstructionKind.TakeBack:
                    TakeBack(instruction.Row);
                    break;
                case InstructionKind.Store when values is not null:
                    Store.Put(StoredValue.OfPayload(instruction.Task, values.Values[instruction.Index]));
                    break;
                case InstructionKind.Store:
                    StoreResult(_ended[instruction.Index]);
                    break;
                case InstructionKind.Drop:
                    Store.Remove(instruction.Task);
                    Actors.Remove(instruction.Task);
                    break;
                case InstructionKind.Spill or InstructionKind.Evict or InstructionKind.Load:
                    CarryOutSpill(in instruction);
                    break;
                case InstructionKind.StartFetch:
                    _ = _peers.FetchAsync(_machine.Request(instruction.Index), Mailbox.Post);
                    break;
                case InstructionKind.RequestFunction:
                    Request(_machine.FunctionAt(instruction.Index));
                    break;
            }
        }

        instructions.Clear();
        if (_starting.Count > 0)
        {
            _executor.Enqueue(_starting);
            _starting.Clear();
        }

        return TellTakenBack();
    }

    private void StoreResult(TaskRun run)
    {
        Store.Put(run.Result!);
        if (run.IsActor)
            Actors.Add(run);
    }

    private TaskRun CreateRun(int row)
    {
        ref readonly var task = ref _machine.Row(row);
        var run = new TaskRun(_host, _code.Loaded(_machine.FunctionOf(row)))
        {
            Row = row,
            Serial = task.Serial,
            Task = task.Id,
            Priority = task.Priority,
            Arguments = task.ArgumentBlob.AsMemory(task.ArgumentStart, task.ArgumentLength),
            NameUtf8 = task.NameBlob.AsMemory(task.NameStart, task.NameLength),
            TimeoutMs = task.TimeoutMs,
            IsInlineWanted = (task.Flags & ComputeFlags.InlineResult) != 0,
            IsActor = (task.Flags & ComputeFlags.Actor) != 0,
            Inputs = Inputs(row, task.InputCount),
        };
        if (row >= _runs.Length)
            Array.Resize(ref _runs, Math.Max(row + 1, _runs.Length * 2));
        _runs[row] = run;
        return run;
    }

    private StoredValue[] Inputs(int row, int count)
    {
        if (count == 0)
            return [];
        Span<TaskId> ids = count <= 32 ? stackalloc TaskId[count] : new TaskId[count];
        _machine.CopyInputs(row, ids);
        var inputs = new StoredValue[count];
        for (var i = 0; i < count; i++)
        {
            inputs[i] = Store.Find(ids[i]) ?? throw new InvalidOperationException(
                $"The machine holds {ids[i]} in memory, the store does not. {_machine.Story(ids[i])}");
        }

        return inputs;
    }

    private void Cancel(int row)
    {
        if (row < _runs.Length && _runs[row] is { } run)
            _executor.Cancel(run);
    }

    private void TakeBack(int row)
    {
        if (row >= _runs.Length || _runs[row] is not { } run)
            return;
        var accepted = _executor.TryTakeBack(run);
        if (accepted)
            _runs[row] = null;
        _takenBack.Add((run.Row, run.Serial, accepted));
    }

    private bool TellTakenBack()
    {
        if (_takenBack.Count == 0)
            return false;
        foreach (var (row, serial, accepted) in _takenBack)
            _machine.TakenBack(row, serial, accepted, NowUs());
        _takenBack.Clear();
        return true;
    }

    private void Request(Hash128 function)
    {
        if (_code.IsAnnounced(function))
            return;
        Mailbox.Post(new CodeArrival(function, new TaskError(
            TaskErrorKind.FunctionNotLoaded,
            typeof(FunctionNotLoadedException).FullName!,
            $"The scheduler sent tasks of function {function} and never its definition.",
            "",
            "",
            $"{_host.WorkerName} {_host.WorkerAddress}")));
    }

    private void HandleRuns(bool isLook)
    {
        // After a turn of short tasks their ends are taken together, with a look every millisecond, until one finds none.
        _pace = _nextPace;
        _executor.TakeEvents(ref _ended, ref _seceded, _pace);
        if (isLook && _ended.Count == 0)
            _nextPace = EndPace.Each;
        foreach (var run in _seceded)
            TellSlot(run);
        _seceded.Clear();
        if (_ended.Count == 0)
            return;
        if (_outcomes.Length < _ended.Count)
            _outcomes = new RunOutcome[Math.Max(_ended.Count, _outcomes.Length * 2)];
        long durationUs = 0;
        for (var i = 0; i < _ended.Count; i++)
        {
            var run = _ended[i];
            durationUs += run.DurationUs;
            ref var outcome = ref _outcomes[i];
            outcome.Row = run.Row;
            outcome.Serial = run.Serial;
            outcome.Bytes = run.Result?.Bytes ?? 0;
            outcome.DurationUs = run.DurationUs;
            outcome.Inline = run.Inline;
            outcome.Error = run.Error;
            if (ReferenceEquals(_runs[run.Row], run))
                _runs[run.Row] = null;
        }

        _nextPace = EndPaces.For(durationUs / _ended.Count);
        _machine.Handle(_outcomes.AsSpan(0, _ended.Count), NowUs());
        CarryOut(values: null);
        Array.Clear(_outcomes, 0, _ended.Count);
        foreach (var run in _ended)
        {
            if (run is { IsActor: true, ActorInstance: { } unwanted } && !Actors.Holds(run))
                _ = ActorHost.DiscardAsync(unwanted, run.Key, _logger);
        }

        _ended.Clear();
    }

    // What a run holds now is what counts: an event that has been overtaken is followed by another.
    private void TellSlot(TaskRun run)
    {
        if (run.HoldsSlot)
            _machine.Rejoined(run.Row, run.Serial, NowUs());
        else
            _machine.Seceded(run.Row, run.Serial, NowUs());
    }
}
