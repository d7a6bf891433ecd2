using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Values put here by clients that have gone since. A client registers with the scheduler what it has put; if it did not
/// live to do so, or was refused, nobody knows of the value. So the scheduler is told of it as of a copy: it frees
/// what it does not know. (What it has freed already goes without that, as soon as no run needs it any more.)
/// </summary>
internal sealed partial class WorkerMachine
{
    private readonly Queue<(TaskId Task, long DueUs)> _offers = new();

    /// <summary>The data connection over which these values came is gone.</summary>
    public void PutterGone(IReadOnlyList<TaskId> tasks, long nowUs)
    {
        _nowUs = nowUs;
        foreach (var task in tasks)
            _offers.Enqueue((task, nowUs + Options.PutLeaseUs));
    }

    private void OfferPuts()
    {
        while (_offers.TryPeek(out var offer))
        {
            if (offer.DueUs > _nowUs)
            {
                NextWakeUs = Math.Min(NextWakeUs, offer.DueUs);
                return;
            }

            _offers.Dequeue();
            var row = _tasks.Find(offer.Task);
            if (row >= 0 && _tasks[row] is { State: Memory, FreeWhenUnused: false })
                ReportReplica(row);
        }
    }
}
