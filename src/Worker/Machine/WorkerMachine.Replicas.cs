using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>Copies that the scheduler asked for, beside what tasks here need.</summary>
internal sealed partial class WorkerMachine
{
    /// <summary>Whether the value is here, so that nothing need be fetched; the scheduler is told that it is.</summary>
    public bool TryConfirm(TaskId id, long nowUs)
    {
        _nowUs = nowUs;
        var row = _tasks.Find(id);
        if (row < 0 || _tasks[row].State != Memory)
            return false;
        _tasks[row].FreeWhenUnused = false;
        ReportReplica(row);
        return true;
    }

    /// <summary>
    /// A copy has arrived. True = it is to be stored; false = it is not needed, since the value is here by now or will
    /// be: the scheduler is told which.
    /// </summary>
    public bool AcceptReplica(TaskId id, long bytes, long nowUs)
    {
        if (TryConfirm(id, nowUs))
            return false;
        var isNew = Put(id, bytes, nowUs);
#if PLANTED
        if (isNew || Diagnostics.PlantedBug.Is(16))
#else
        if (isNew)
#endif
            ReportReplica(_tasks.Find(id));
        else
            Outbox.NotAcquired.Tasks.Add(id);
        return isNew;
    }
}
