using TaskGraph.Messages;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>Runs: handed out, seceded, ended.</summary>
internal sealed partial class WorkerMachine
{
    /// <summary>Runs that have ended, in the order of their ends.</summary>
    public void Handle(ReadOnlySpan<RunOutcome> outcomes, long nowUs)
    {
        _nowUs = nowUs;
        for (var i = 0; i < outcomes.Length; i++)
        {
            ref readonly var outcome = ref outcomes[i];
            ref var task = ref _tasks[outcome.Row];
            if (task.Serial != outcome.Serial)
                throw new InvalidOperationException($"A run of row {outcome.Row} ended after the row was given away.");
            if (task.State is not (Executing or LongRunning))
                RunEndedUnwanted(outcome.Row);
            else if (outcome.Error is null)
                Succeed(in outcome, i);
            else
                RunFailed(outcome.Row, outcome.Error);
        }
    }

    /// <summary>A run gave up its slot.</summary>
    public void Seceded(int row, int serial, long nowUs)
    {
        _nowUs = nowUs;
        ref var task = ref _tasks[row];
        if (task.Serial != serial)
            return;
        if (task.State == Executing)
        {
            OccupiedCount--;
            Move(row, LongRunning);
            if (task.RetractAsked)
                ReportRetracted(task.Id, task.Attempt, accepted: false);
            task.RetractAsked = false;
            TellSlot(in task, isHeld: false);
        }
        else if (task.State is Cancelled or Resumed && task.Previous == Executing)
        {
#if PLANTED
            if (!Diagnostics.PlantedBug.Is(17))
#endif
            OccupiedCount--;
            task.Previous = LongRunning;
        }
    }

    /// <summary>A run that had given up its slot holds one again.</summary>
    public void Rejoined(int row, int serial, long nowUs)
    {
        _nowUs = nowUs;
        ref var task = ref _tasks[row];
        if (task.Serial != serial)
            return;
        if (task.State == LongRunning)
        {
            OccupiedCount++;
            Move(row, Executing);
            TellSlot(in task, isHeld: true);
        }
        else if (task.State is Cancelled or Resumed && task.Previous == LongRunning)
        {
            OccupiedCount++;
            task.Previous = Executing;
        }
    }

    private void TellSlot(in WorkerTask task, bool isHeld)
    {
        Outbox.Seceded.Tasks.Add(task.Id);
        Outbox.Seceded.Attempts.Add(task.Attempt);
        Outbox.Seceded.Rejoined.Add(isHeld ? (byte)1 : (byte)0);
    }

    private void HandOut()
    {
        KeepShallow();
        var places = Options.Threads * Options.DepthPerThread;
        while (!IsPaused && OccupiedCount + LoadingTaskCount < places && _ready.TryPop(out var entry))
        {
            ref var task = ref _tasks[entry.Row];
            if (task.Serial != entry.Serial || task.State != Ready || task.LoadingFor > 0)
                continue;
            if (!IsAdmitted(entry.Row))
            {
                _ready.Push(entry.Priority, entry.Row, entry.Serial);
                return;
            }

            if (!Stage(entry.Row))
                continue;
            OccupiedCount++;
            Move(entry.Row, Executing);
            Outbox.Instructions.Add(new Instruction(InstructionKind.Execute, 0, entry.Row, task.Id));
        }
    }

    private void Succeed(in RunOutcome outcome, int index)
    {
        ref var task = ref _tasks[outcome.Row];
        LeaveExecutor(ref task, task.State);
        task.HasSpec = false;
        task.ArgumentBlob = null;
        task.NameBlob = null;
        Outbox.Instructions.Add(new Instruction(InstructionKind.Store, index, outcome.Row, task.Id));
        Enter(outcome.Row, Memory, outcome.Bytes);
        NoteResult(outcome.Bytes);
        ReportFinished(outcome.Row, outcome.DurationUs, outcome.Inline);
        ReleaseInputs(outcome.Row);
    }

    private void RunFailed(int row, TaskError error)
    {
        if (RunsOnceMoreAlone(row, error))
            return;
        ref var task = ref _tasks[row];
        LeaveExecutor(ref task, task.State);
        Fail(row, error);
    }

    /// <summary>From Waiting, Executing or LongRunning: the task cannot have a value here.</summary>
    private void Fail(int row, TaskError error)
    {
        ref var task = ref _tasks[row];
        Move(row, Error);
        var batch = Outbox.Failed;
        batch.Tasks.Add(task.Id);
        batch.Attempts.Add(task.Attempt);
        batch.Errors.Add(error.Key.Length > 0 ? error : error with { Key = KeyOf(row) });
        ReleaseInputs(row);
        LeaveWithoutValue(row);
    }

    /// <summary>The end of a run that was cancelled meanwhile: its result or error is thrown away.</summary>
    private void RunEndedUnwanted(int row)
    {
        ref var task = ref _tasks[row];
        LeaveExecutor(ref task, task.Previous);
        if (task.State == Cancelled)
        {
            ReleaseAndForget(row);
        }
        else if (task.Next == Waiting)
        {
            Move(row, Waiting);
            AwaitInputs(row);
        }
        else
        {
            FetchOrMiss(row, Options.OwnNumber, isGone: true);
        }
    }

    private void LeaveExecutor(ref WorkerTask task, WorkerTaskState held)
    {
        if (held == Executing)
            OccupiedCount--;
#if PLANTED
        if (Diagnostics.PlantedBug.Is(13))
            task.RetractAsked = false;
#endif
        if (task.RetractAsked)
        {
            ReportRetracted(task.Id, task.Attempt, accepted: false);
            task.RetractAsked = false;
        }
    }

    private void ReportFinished(int row, int durationUs, byte[]? inline)
    {
        ref var task = ref _tasks[row];
        var batch = Outbox.Finished;
        if (inline is not null)
        {
            batch.InlineRows.Add(batch.Tasks.Count);
            batch.InlineValues.Add(inline);
        }

        batch.Tasks.Add(task.Id);
        batch.Attempts.Add(task.Attempt);
        batch.Bytes.Add(task.Bytes);
        batch.DurationUs.Add(durationUs);
    }
}
