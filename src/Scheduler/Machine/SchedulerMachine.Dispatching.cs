using System.Runtime.InteropServices;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Giving tasks to workers and taking them away: the list of assigned tasks, and the message.</content>
internal sealed partial class SchedulerMachine
{
    private WriteInputs? _writeInputs;

    private void Assign(int task, SchedulerWorker worker)
    {
        ref TaskRow row = ref _tasks[task];
        bool isFirst = row.Attempt == 0;
        row.Attempt = Math.Max(row.Attempt, _attemptsBefore) + 1;
        Attach(task, worker);
        if (!isFirst)
            RecordAttempt(row);
        WriteCompute(task, row, worker);
    }

    /// <summary>Notes that the worker is to run the task.</summary>
    private void Attach(int task, SchedulerWorker worker)
    {
        ref TaskRow row = ref _tasks[task];
        Transition(task, TaskState.Processing);
        row.Worker = worker.Number;
        row.Flags &= ~(TaskFlags.Seceded | TaskFlags.Retracting | TaskFlags.Started);
        row.PreviousAssigned = worker.LastAssigned;
        row.NextAssigned = -1;
        if (worker.LastAssigned >= 0)
            _tasks[worker.LastAssigned].NextAssigned = task;
        else
            worker.FirstAssigned = task;
        worker.LastAssigned = task;
        if (worker.AssignedCount++ == worker.SecededCount)
            worker.Answered(_now);
        TakeSupply(task, row, worker);
        CountActor(row, worker, 1);
        worker.AddAssigned(row.Function, 1);
        worker.OccupancyUs += _functions[row.Function].EstimateUs;
    }

    private void Unassign(int task, ref TaskRow row)
    {
        SchedulerWorker worker = _workers[row.Worker]!;
        if (row.DependencyCount > _options.Outbox.MaxInputs)
            worker.Outbox.WritePending();
        if (row.PreviousAssigned >= 0)
            _tasks[row.PreviousAssigned].NextAssigned = row.NextAssigned;
        else
            worker.FirstAssigned = row.NextAssigned;
        if (row.NextAssigned >= 0)
            _tasks[row.NextAssigned].PreviousAssigned = row.PreviousAssigned;
        else
            worker.LastAssigned = row.PreviousAssigned;
        worker.AssignedCount--;
#if PLANTED
        if (!Diagnostics.PlantedBug.Is(9) || !row.Has(TaskFlags.Seceded))
#endif
        GiveSupplyBack(task, row, worker);
        CountActor(row, worker, -1);
        if (row.Has(TaskFlags.Seceded))
            worker.SecededCount--;
        else
            RemoveLoad(worker, row.Function);
        if (row.Has(TaskFlags.Retracting))
        {
            worker.RetractingCount--;
            _retractingCount--;
        }

        if (row.Has(TaskFlags.Suspected))
            EndSuspect(task, worker);
        if (row.Has(TaskFlags.Speculated))
            EndSecondRun(task, ref row);
        row.Flags &= ~(TaskFlags.Seceded | TaskFlags.Retracting | TaskFlags.Started);
        row.Worker = -1;
        MarkLoad(worker);
    }

    private void RemoveLoad(SchedulerWorker worker, int function)
    {
        worker.AddAssigned(function, -1);
        worker.OccupancyUs -= _functions[function].EstimateUs;
    }

    private void WriteCompute(int task, in TaskRow row, SchedulerWorker worker)
    {
        Dirty(worker);
        FunctionRecord function = _functions[row.Function];
        if (worker.TryIntroduce(row.Function))
            worker.Outbox.AddFirst(function.Definition);
        ReadOnlySpan<byte> arguments = _blobs.Prefixed(row.Blob, row.ArgumentsOffset);
        ReadOnlySpan<byte> name = NameOf(task, row);
        int inputsBefore = WriteInputsBefore(task, row, worker);
        ComputeTasks message = worker.Outbox.Compute(
            arguments.Length + name.Length, row.DependencyCount - inputsBefore);
        message.Tasks.Add(IdOf(row));
        message.Attempts.Add(row.Attempt);
        message.Priorities.Add(row.Priority);
        message.FunctionIndex.Add(IndexIn(message.Functions, function.Definition.Id));
        message.Arguments.Add(arguments);
        message.InputsBefore.Add(inputsBefore);
        for (int edge = row.FirstDependency + inputsBefore, end = row.FirstDependency + row.DependencyCount;
             edge < end;
             edge++)
        {
            WriteInput(edge, worker, message.Dependencies, message.DependencyBytes, message.Holders);
            message.HolderEnds.Add(message.Holders.Count);
        }

        message.DependencyEnds.Add(message.Dependencies.Count);
        message.TimeoutMs.Add(
            row.Has(TaskFlags.HasExtras) ? CollectionsMarshal.GetValueRefOrNullRef(_extras, task).TimeoutMs : 0);
        message.Flags.Add((byte)((IsWanted(task, row) ? ComputeFlags.InlineResult : ComputeFlags.None)
            | (row.Has(TaskFlags.Actor) ? ComputeFlags.Actor : ComputeFlags.None)));
        message.KeyNames.Add(name);
    }

    /// <summary>
    /// The inputs of a task with more than fit beside others travel ahead, all but the last few; returns how many.
    /// </summary>
    private int WriteInputsBefore(int task, in TaskRow row, SchedulerWorker worker)
    {
        int count = Math.Max(0, row.DependencyCount - 1) / _options.Outbox.MaxInputs * _options.Outbox.MaxInputs;
        if (count > 0)
            worker.Outbox.WriteLater(new PendingInputs(task, IdOf(row), row.Attempt, count), _writeInputs ??= WriteInputs);
        return count;
    }

    /// <summary>Names the inputs of one message that travels ahead.</summary>
    private void WriteInputs(int task, int firstInput, SchedulerWorker worker, ComputeInputs message)
    {
        int first = _tasks[task].FirstDependency + firstInput;
        for (int edge = first; edge < first + _options.Outbox.MaxInputs; edge++)
        {
            WriteInput(edge, worker, message.Dependencies, message.DependencyBytes, message.Holders);
            message.HolderEnds.Add(message.Holders.Count);
        }
    }

    private void WriteInput(
        int edge, SchedulerWorker worker, MessageColumn<TaskId> ids, MessageColumn<long> bytes,
        MessageColumn<int> holders)
    {
        int input = _edges[edge].Dependency;
        ref TaskRow value = ref _tasks[input];
        ids.Add(IdOf(value));
        bytes.Add(value.Bytes);
        if (!Holds(input, value, worker.Number))
            AddHolders(holders, input, value, except: -1, worker.Number);
    }

    private static int IndexIn(MessageColumn<Hash128> functions, Hash128 id)
    {
        ReadOnlySpan<Hash128> known = functions.Span;
        for (int i = known.Length - 1; i >= 0; i--)
        {
            if (known[i] == id)
                return i;
        }

        functions.Add(id);
        return functions.Count - 1;
    }
}
