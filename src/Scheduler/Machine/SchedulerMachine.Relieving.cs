namespace TaskGraph.Scheduler.Machine;

/// <content>
/// A worker that has paused because its disk is full cannot help itself: what only it holds moves to workers with room, a
/// little at a time, until it runs again.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>So many bytes leave such a worker at a time, or one value.</summary>
    private const long MaxLeavingBytes = 32 << 20;

    private void RelieveFullDisks()
    {
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is { Status: WorkerStatus.Paused, HasFullDisk: true })
                Relieve(worker);
            else if (worker is not null)
                worker.IsRelieved = false;
        }
    }

    private void Relieve(SchedulerWorker worker)
    {
        int moved = 0;
        int end = Math.Min(_tasks.HighWater, worker.NextToRelieve + MaxRowsPerTick);
        for (int task = worker.NextToRelieve; task < end; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Memory || row.Worker != worker.Number || row.Bytes == 0
                || row.Has(TaskFlags.HasReplicas | TaskFlags.Actor) || _copies.ContainsKey(task))
                continue;
            if (-worker.IncomingBytes >= MaxLeavingBytes)
            {
                end = task;
                break;
            }

            if (RoomiestFor(row) is not { } target)
                continue;
            StartCopy(task, row, target, dropFrom: worker.Number, new Operation(_keeper, requestId: 0));
            moved++;
        }

        worker.NextToRelieve = end < _tasks.HighWater ? end : 0;
        if (moved == 0 || worker.IsRelieved)
            return;
        worker.IsRelieved = true;
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info, $"worker {worker.Label} has a full disk: values that only it holds move to others", Close: null));
    }

    /// <summary>The running worker with the most room, if the value fits there.</summary>
    private SchedulerWorker? RoomiestFor(in TaskRow row)
    {
        SchedulerWorker? best = null;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is { Status: WorkerStatus.Running } && worker.Number != row.Worker && CanReach(worker.Number, row.Worker)
                && worker.HasRoomFor(row.Bytes) && (best is null || RoomOf(worker) > RoomOf(best)))
                best = worker;
        }

        return best;
    }

    private static long RoomOf(SchedulerWorker worker) => worker.RoomBytes - worker.PlannedBytes;
}
