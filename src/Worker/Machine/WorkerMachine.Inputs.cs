using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Who needs what. An edge stands from the moment a task is to be run here until its run has ended: it keeps (pins)
/// the input, and an input that is only fetched for it goes when the last edge goes.
/// </summary>
internal sealed partial class WorkerMachine
{
    private int Link(int row, int input, int last)
    {
        var edge = _edges.Add(row, input);
        ref var source = ref _tasks[input];
        ref var link = ref _edges[edge];
        link.NextDependent = source.FirstDependent;
        if (source.FirstDependent >= 0)
            _edges[source.FirstDependent].PreviousDependent = edge;
        source.FirstDependent = edge;
        source.DependentCount++;
        if (last < 0)
            _tasks[row].FirstInput = edge;
        else
            _edges[last].NextInput = edge;
        _tasks[row].InputCount++;
        return edge;
    }

    private void Unlink(int edge)
    {
        ref var link = ref _edges[edge];
        ref var source = ref _tasks[link.Input];
        if (link.PreviousDependent >= 0)
            _edges[link.PreviousDependent].NextDependent = link.NextDependent;
        else
            source.FirstDependent = link.NextDependent;
        if (link.NextDependent >= 0)
            _edges[link.NextDependent].PreviousDependent = link.PreviousDependent;
        source.DependentCount--;
        _edges.Remove(edge);
    }

    /// <summary>The task no longer needs its inputs: it has ended, or will not run.</summary>
    private void ReleaseInputs(int row)
    {
        Unstage(row);
        ref var task = ref _tasks[row];
        var edge = task.FirstInput;
        task.FirstInput = -1;
        task.InputCount = 0;
        while (edge >= 0)
        {
            var next = _edges[edge].NextInput;
            var input = _edges[edge].Input;
            Unlink(edge);
            if (_tasks[input].DependentCount == 0)
                LastDependentLeft(input);
            edge = next;
        }
    }

    private void LastDependentLeft(int row)
    {
        ref var task = ref _tasks[row];
        switch (task.State)
        {
            case Memory when task.FreeWhenUnused:
                DropValue(row);
                break;
            case Fetch or Missing:
                ReleaseAndForget(row);
                break;
            case Flight:
                task.Previous = Flight;
                Move(row, Cancelled);
                break;
            case Resumed when task.Next == Fetch:
                Move(row, Cancelled);
                break;
        }
    }

    private void DropValue(int row)
    {
        LeaveResidence(row);
        ref var task = ref _tasks[row];
        StoredBytes -= task.Bytes;
        Outbox.Instructions.Add(new Instruction(InstructionKind.Drop, 0, row, task.Id));
        ReleaseAndForget(row);
    }

    /// <summary>A task here needs this value.</summary>
    private void NeedInput(int row, long bytes, ReadOnlySpan<int> holders)
    {
        ref var task = ref _tasks[row];
        switch (task.State)
        {
            case Memory:
                if (task.FreeWhenUnused)
                {
                    // The scheduler has struck this copy off, and now needs it again.
                    task.FreeWhenUnused = false;
                    ReportReplica(row);
                }

                break;
            case Released:
                task.Bytes = bytes;
                AddHolders(row, holders);
                FetchOrMiss(row, holders.IsEmpty ? Options.OwnNumber : holders[0], isGone: holders.IsEmpty);
                break;
            case Missing:
                AddHolders(row, holders);
                if (task.HolderCount > 0)
                    BecomeFetch(row);
                break;
            case Fetch:
                AddHolders(row, holders);
                QueueAtHolders(row);
                break;
            case Flight:
                AddHolders(row, holders);
                break;
            case Cancelled:
                AddHolders(row, holders);
                task.Next = Fetch;
                Move(row, task.Previous == Flight ? Flight : Resumed);
                break;
        }
    }
}
