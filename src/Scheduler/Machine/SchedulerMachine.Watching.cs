namespace TaskGraph.Scheduler.Machine;

/// <content>What a simulator looks at from outside, without a cost to the machine while nobody does.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>How many moves all tasks have made.</summary>
    public long MoveCount => _log.Count;

    /// <summary>Tasks that are to be computed and have not ended.</summary>
    public int ActiveCount =>
        _stateCounts[(int)TaskState.Waiting] + _stateCounts[(int)TaskState.Queued]
        + _stateCounts[(int)TaskState.NoWorker] + _stateCounts[(int)TaskState.Processing];

    /// <summary>Coordination objects that somebody uses.</summary>
    public int SharedObjectCount => _coordination.ObjectCount;

    /// <summary>Appends the remembered moves from number <paramref name="since"/> on, oldest first.</summary>
    public void ReadMoves(long since, List<TaskMove> into) => _log.Read(since, into);

    /// <summary>Appends every copy of every value that workers are believed to hold.</summary>
    public void ReadHolders(List<(TaskId Task, int Worker)> into)
    {
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Memory)
                continue;
            into.Add((IdOf(row), row.Worker));
            for (int link = row.Has(TaskFlags.HasReplicas) ? _replicas.First(task) : -1; link >= 0; link = _replicas.Next(link))
                into.Add((IdOf(row), _replicas.Worker(link)));
        }
    }
}

/// <summary>One move of a task, as remembered.</summary>
internal readonly record struct TaskMove(TaskId Task, TaskState From, TaskState To, int Worker, int Attempt);
