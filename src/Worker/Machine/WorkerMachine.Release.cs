using TaskGraph.Messages;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>Tasks go out: freed, aborted, retracted. All are fenced by attempt.</summary>
internal sealed partial class WorkerMachine
{
    /// <summary>Nobody needs these values any more.</summary>
    public void Handle(FreeTasks message, long nowUs)
    {
        _nowUs = nowUs;
        for (var i = 0; i < message.Tasks.Count; i++)
            Release(message.Tasks[i], message.Attempts[i]);
        if (message.Number > 0)
            Outbox.Freed(message.Number);
    }

    /// <summary>
    /// These tasks are cancelled. A value that is there already was told of, perhaps as a copy that counts by now: the
    /// scheduler frees it when it has heard of it, if nobody needs it.
    /// </summary>
    public void Handle(AbortTasks message, long nowUs)
    {
        _nowUs = nowUs;
        for (var i = 0; i < message.Tasks.Count; i++)
        {
            if (_tasks.Find(message.Tasks[i]) is >= 0 and var row && _tasks[row].State == Memory)
                continue;
            Release(message.Tasks[i], message.Attempts[i]);
        }
    }

    /// <summary>The scheduler wants these tasks back if they have not started.</summary>
    public void Handle(RetractTasks message, long nowUs)
    {
        _nowUs = nowUs;
        for (var i = 0; i < message.Tasks.Count; i++)
        {
            var row = _tasks.Find(message.Tasks[i]);
            if (row < 0 || _tasks[row].Attempt != message.Attempts[i])
            {
                ReportRetracted(message.Tasks[i], message.Attempts[i], accepted: false);
                continue;
            }

            Retract(row);
        }
    }

    /// <summary>
    /// The executor's answer to a TakeBack instruction. If <paramref name="accepted"/>, the run never started and
    /// nothing more will be heard of it.
    /// </summary>
    public void TakenBack(int row, int serial, bool accepted, long nowUs)
    {
        _nowUs = nowUs;
        ref var task = ref _tasks[row];
        if (task.Serial != serial)
            return;
        if (!accepted)
        {
            if (task.State is Executing or LongRunning && task.RetractAsked)
                ReportRetracted(task.Id, task.Attempt, accepted: false);
            task.RetractAsked = false;
            return;
        }

        if (task.State != Executing)
        {
            RunEndedUnwanted(row);
            return;
        }

        OccupiedCount--;
        if (!task.RetractAsked)
        {
            // Memory is short; or it was dispatched anew between the question and the executor's answer, and is to run
            // here after all.
            Unstage(row);
            BecomeReady(row);
            return;
        }

        ReleaseInputs(row);
        Move(row, Rescheduled);
        ReportRetracted(task.Id, task.Attempt, accepted: true);
        LeaveWithoutValue(row);
    }

    private void Release(TaskId id, int attempt)
    {
        var row = _tasks.Find(id);
#if PLANTED
        if (Diagnostics.PlantedBug.Is(14))
            attempt = int.MaxValue;
#endif
        if (row < 0 || _tasks[row].Attempt > attempt)
            return;
        ref var task = ref _tasks[row];
        switch (task.State)
        {
            case Memory:
                task.FreeWhenUnused = true;
                if (task.DependentCount == 0)
                    DropValue(row);
                break;
            case Waiting or Ready:
                ReleaseInputs(row);
                LeaveWithoutValue(row);
                break;
            case Executing or LongRunning:
                ReleaseInputs(row);
                Outbox.Instructions.Add(new Instruction(InstructionKind.CancelRun, 0, row, id));
                task.Previous = task.State;
                task.HasSpec = false;
                Move(row, Cancelled);
                if (task.DependentCount > 0)
                    NeedInput(row, task.Bytes, []);
                break;
            case Resumed when task.Next == Waiting:
                GiveUpWish(row);
                break;
        }
    }

    /// <summary>A task in Resumed that was to be run is not any more; it may still be an input.</summary>
    private void GiveUpWish(int row)
    {
        ref var task = ref _tasks[row];
        ReleaseInputs(row);
        task.HasSpec = false;
        if (task.DependentCount == 0)
            Move(row, Cancelled);
        else if (task.Previous == Flight)
            Move(row, Flight);
        else
            task.Next = Fetch;
    }

    private void Retract(int row)
    {
        ref var task = ref _tasks[row];
        switch (task.State)
        {
            case Waiting or Ready:
                ReportRetracted(task.Id, task.Attempt, accepted: true);
                ReleaseInputs(row);
                LeaveWithoutValue(row);
                break;
            case Resumed when task.Next == Waiting:
                ReportRetracted(task.Id, task.Attempt, accepted: true);
                GiveUpWish(row);
                break;
            case Executing:
                task.RetractAsked = true;
                Outbox.Instructions.Add(new Instruction(InstructionKind.TakeBack, 0, row, task.Id));
                break;
            default:
                ReportRetracted(task.Id, task.Attempt, accepted: false);
                break;
        }
    }

    /// <summary>
    /// A task that will have no value here, and whose inputs are released: it is forgotten, unless tasks here need it
    /// as input. Then the scheduler is asked where else it can be had.
    /// </summary>
    private void LeaveWithoutValue(int row)
    {
        ref var task = ref _tasks[row];
        task.HasSpec = false;
        task.RetractAsked = false;
        task.ArgumentBlob = null;
        task.NameBlob = null;
        if (task.DependentCount == 0)
        {
            ReleaseAndForget(row);
            return;
        }

        Move(row, Missing);
        if (task.HolderCount > 0)
            BecomeFetch(row);
        else
            ReportMissing(task.Id, Options.OwnNumber, isGone: true);
    }

    private void ReportRetracted(TaskId id, int attempt, bool accepted)
    {
        Outbox.Retracted.Tasks.Add(id);
        Outbox.Retracted.Attempts.Add(attempt);
        Outbox.Retracted.Accepted.Add(accepted ? (byte)1 : (byte)0);
    }
}
