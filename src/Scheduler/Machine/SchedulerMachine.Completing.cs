using System.Runtime.InteropServices;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// What workers answer: finished, failed, given back, long-running. Old attempts are fenced off by number.
/// </content>
internal sealed partial class SchedulerMachine
{
    private void OnTasksFinished(SchedulerWorker worker, TasksFinished message)
    {
        int count = message.Tasks.Count;
        RequireRows(count, message.Attempts.Count);
        RequireRows(count, message.Bytes.Count);
        RequireRows(count, message.DurationUs.Count);
        RequireRows(message.InlineRows.Count, message.InlineValues.Count);
        worker.Answered(_now);
        ReadOnlySpan<TaskId> ids = message.Tasks.Span;
        ReadOnlySpan<int> attempts = message.Attempts.Span;
        ReadOnlySpan<long> bytes = message.Bytes.Span;
        ReadOnlySpan<int> durations = message.DurationUs.Span;
        ReadOnlySpan<int> inlineRows = message.InlineRows.Span;
        int nextInline = 0;
        _isFinishingMany = true;
        Announcer announcer = new(this, ids);
        for (int i = 0; i < ids.Length; i++)
        {
            int task = announcer.MoveTo(i);
            if (task >= 0 && !IsDispatchedAs(task, ids[i]))
                task = -1;
            bool hasInline = nextInline < inlineRows.Length && inlineRows[nextInline] == i;
            ReadOnlySpan<byte> inline = hasInline ? message.InlineValues[nextInline++] : default;
            if (task >= 0
                && (IsCurrentRun(_tasks[task], worker, attempts[i]) || HasWon(task, worker, attempts[i])))
            {
                Measure(_tasks[task].Function, worker, durations[i], Math.Max(0, bytes[i]));
                MeasureInSpan(_tasks[task], durations[i], Math.Max(0, bytes[i]));
                NoteRun(_tasks[task], worker, Math.Max(0, durations[i]), Math.Max(0, bytes[i]));
                Finish(task, worker, Math.Max(0, bytes[i]), hasInline, inline);
            }
            else if (task < 0)
            {
                FreeStray(worker, ids[i], attempts[i]);
            }
            else if (!Holds(task, _tasks[task], worker.Number))
            {
                // Late: the first accepted result has won, and a copy of that one may be on its way there.
                FreeCopy(worker, ids[i], attempts[i]);
            }
        }

        _isFinishingMany = false;
        CountDownDependents();
        LetGoOfPassed();
    }

    /// <summary>Takes in a result: consumers count down, inputs are let go, clients are told.</summary>
    private void Finish(int task, SchedulerWorker worker, long bytes, bool hasInline, ReadOnlySpan<byte> inline)
    {
        ref TaskRow row = ref _tasks[task];
        bool wasUrgent = row.Has(TaskFlags.Urgent);
        Transition(task, TaskState.Memory);
        AddFirstHolder(ref row, worker, bytes);
        if (row.Has(TaskFlags.Suspected))
            Acquit(task, ref row);
        NotifyInMemory(task, row, hasInline, inline);
        if (_tasks.WaiterCount(task) == 0 && !row.Has(TaskFlags.Wanted))
            _unneeded.Push(task);
        if (wasUrgent)
            TellRunningConsumers(task, row);
        if (_tasks.FirstDependent(task) is var first and >= 0)
            ReachDependents(first);
        if (!_isFinishingMany)
            CountDownDependents();
    }

    /// <summary>A value is there that running tasks wait for.</summary>
    private void TellRunningConsumers(int task, in TaskRow row)
    {
        for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
        {
            int dependent = _edges[edge].Dependent;
            ref TaskRow consumer = ref _tasks[dependent];
            if (consumer.State != TaskState.Processing)
                continue;
            TellHolders(_workers[consumer.Worker]!, IdOf(row), task, unreachable: -1);
            if (consumer.Has(TaskFlags.Speculated) && _secondRuns[dependent] is >= 0 and int second)
                TellHolders(_workers[second]!, IdOf(row), task, unreachable: -1);
        }
    }

    private void OnTasksFailed(SchedulerWorker worker, TasksFailed message)
    {
        int count = message.Tasks.Count;
        RequireRows(count, message.Attempts.Count);
        RequireRows(count, message.Errors.Count);
        worker.Answered(_now);
        for (int i = 0; i < count; i++)
        {
            int task = FindDispatched(message.Tasks[i]);
            if (task < 0)
                continue;
            if (!IsCurrentRun(_tasks[task], worker, message.Attempts[i]))
            {
                if (IsSecondRun(task, worker, message.Attempts[i]))
                    LeaveSecondWorker(task, _tasks[task]);
                continue;
            }

            NoteRun(_tasks[task], worker, durationUs: -1, bytes: 0);
            if (TryPutSecondFirst(task))
                continue;
            if (message.Errors[i].Kind == TaskErrorKind.Rescheduled || TakeRetry(task, message.Errors[i].Kind))
                Requeue(task);
            else
                Fail(task, message.Errors[i]);
        }
    }

    private bool TakeRetry(int task, TaskErrorKind kind)
    {
        // A result of a type that cannot travel will be of that type again.
        if (kind is TaskErrorKind.ResultNotSerializable or TaskErrorKind.ResultTooLarge || !_tasks[task].Has(TaskFlags.HasExtras))
            return false;
        ref TaskExtras extras = ref CollectionsMarshal.GetValueRefOrNullRef(_extras, task);
        if (extras.Retries <= 0)
            return false;
#if PLANTED
        if (!Diagnostics.PlantedBug.Is(10))
#endif
        extras.Retries--;
        return true;
    }

    private void OnTasksRetracted(SchedulerWorker worker, TasksRetracted message)
    {
        int count = message.Tasks.Count;
        RequireRows(count, message.Attempts.Count);
        RequireRows(count, message.Accepted.Count);
        worker.Answered(_now);
        for (int i = 0; i < count; i++)
        {
            int task = FindDispatched(message.Tasks[i]);
            if (task < 0)
                continue;
            if (!IsCurrentRun(_tasks[task], worker, message.Attempts[i]))
            {
                if (message.Accepted[i] != 0 && IsSecondRun(task, worker, message.Attempts[i]))
                    LeaveSecondWorker(task, _tasks[task]);
                continue;
            }

            ref TaskRow row = ref _tasks[task];
            if (message.Accepted[i] != 0)
            {
                Requeue(task);
            }
            else if (row.Has(TaskFlags.Retracting))
            {
                row.Flags = (row.Flags & ~TaskFlags.Retracting) | TaskFlags.Started;
                worker.RetractingCount--;
                _retractingCount--;
                MarkLoad(worker);
            }
        }
    }

    private void OnTasksSeceded(SchedulerWorker worker, TasksSeceded message)
    {
        RequireRows(message.Tasks.Count, message.Attempts.Count);
        bool mayRejoin = message.Rejoined.Count > 0;
        RequireRows(mayRejoin ? message.Tasks.Count : 0, message.Rejoined.Count);
        worker.Answered(_now);
        for (int i = 0; i < message.Tasks.Count; i++)
        {
            int task = FindDispatched(message.Tasks[i]);
            if (task < 0 || !IsCurrentRun(_tasks[task], worker, message.Attempts[i]))
                continue;
            ref TaskRow row = ref _tasks[task];
            if (mayRejoin && message.Rejoined[i] != 0)
                Rejoin(ref row, worker);
            else if (!row.Has(TaskFlags.Seceded))
                Secede(task, worker, ref row);
        }
    }

    private void Secede(int task, SchedulerWorker worker, ref TaskRow row)
    {
        RemoveLoad(worker, row.Function);
        row.Flags |= TaskFlags.Seceded;
        worker.SecededCount++;
        EndSuspect(task, worker);
        MarkLoad(worker);
    }

    /// <summary>A task that had given up its slot holds one again: it counts as load as before.</summary>
    private void Rejoin(ref TaskRow row, SchedulerWorker worker)
    {
        if (!row.Has(TaskFlags.Seceded))
            return;
        row.Flags &= ~TaskFlags.Seceded;
        row.Flags |= TaskFlags.Started;
        worker.SecededCount--;
        worker.AddAssigned(row.Function, 1);
        worker.OccupancyUs += _functions[row.Function].EstimateUs;
        MarkLoad(worker);
    }

    /// <summary>Takes a task back from its worker, to be run again.</summary>
    private void Requeue(int task)
    {
        if (TryPutSecondFirst(task))
            return;
        ref TaskRow row = ref _tasks[task];
        Transition(task, CountMissingInputs(row) == 0 ? TaskState.Queued : TaskState.Waiting);
    }

    private static bool IsCurrentRun(in TaskRow row, SchedulerWorker worker, int attempt)
    {
#if PLANTED
        if (Diagnostics.PlantedBug.Is(1))
            attempt = row.Attempt;
#endif
        return row.State == TaskState.Processing && row.Worker == worker.Number && row.Attempt == attempt;
    }

    private void FreeOn(SchedulerWorker worker, TaskId id, int attempt)
    {
        if (!worker.IsConnected)
            return;
        Dirty(worker);
        worker.Outbox.Free(id, attempt);
    }

    /// <summary>
    /// As <see cref="FreeOn"/>, where the value lives elsewhere: what the worker says of its copy does not count until it has
    /// read this.
    /// </summary>
    private void FreeCopy(SchedulerWorker worker, TaskId id, int attempt)
    {
        if (!worker.IsConnected)
            return;
        Dirty(worker);
        worker.Dropped.Add(id, worker.Outbox.Drop(id, attempt));
    }

    /// <summary>Drops what the worker has and nobody counts on: before anything that is dispatched to it in this turn.</summary>
    private void FreeStray(SchedulerWorker worker, TaskId id, int attempt)
    {
        if (!worker.IsConnected)
            return;
        Dirty(worker);
        worker.Outbox.FreeStray(id, attempt);
    }

    /// <summary>Tells the worker of a processing task to stop it.</summary>
    private void AbortRun(in TaskRow row)
    {
        SchedulerWorker worker = _workers[row.Worker]!;
        if (!worker.IsConnected)
            return;
        Dirty(worker);
        worker.Outbox.Abort(IdOf(row), row.Attempt);
    }
}
