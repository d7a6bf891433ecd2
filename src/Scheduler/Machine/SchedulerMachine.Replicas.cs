using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Who holds which value, and what happens when the last copy is gone.</content>
/// <remarks>
/// A consumer that is Processing when an input loses its last copy stays with its worker: the worker may hold the input
/// already, and else says DataMissing and waits for HoldersRefreshed. The input is computed again as urgent: it is
/// placed
/// even where there is no room, because the room may be taken by the very tasks that wait for it.
/// </remarks>
internal sealed partial class SchedulerMachine
{
    private const int MaxNamedHolders = 3;

    private readonly List<int> _lost = [];

    private bool Holds(int task, in TaskRow row, int worker) =>
        row.State == TaskState.Memory
        && (row.Worker == worker || (row.Has(TaskFlags.HasReplicas) && _replicas.Contains(task, worker)));

    private void AddFirstHolder(ref TaskRow row, SchedulerWorker worker, long bytes)
    {
        row.Worker = worker.Number;
        row.Bytes = bytes;
        CountActor(row, worker, 1);
        worker.StoredCount++;
        worker.StoredBytes += bytes;
        _storedBytes += bytes;
    }

    private void AddHolder(int task, ref TaskRow row, SchedulerWorker worker)
    {
        _replicas.Add(task, worker.Number);
        row.Flags |= TaskFlags.HasReplicas;
        worker.StoredCount++;
        worker.StoredBytes += row.Bytes;
        _storedBytes += row.Bytes;
    }

    /// <summary>Strikes off a holder; false when it was the last one.</summary>
    private bool RemoveHolder(int task, ref TaskRow row, int number)
    {
        if (_workers[number] is { } worker)
        {
            worker.StoredCount--;
            worker.StoredBytes -= row.Bytes;
            _storedBytes -= row.Bytes;
        }

        if (row.Worker == number)
        {
            row.Worker = -1;
            if (!row.Has(TaskFlags.HasReplicas))
                return false;
            row.Worker = number = _replicas.Worker(_replicas.First(task));
        }

        if (!_replicas.Remove(task, number))
            row.Flags &= ~TaskFlags.HasReplicas;
        return true;
    }

    /// <summary>On leaving Memory: the holders that are left drop their copies.</summary>
    private void DropValue(int task, ref TaskRow row)
    {
        if (row.Worker >= 0)
            CountActor(row, _workers[row.Worker]!, -1);
        if (_copies.Count > 0)
            EndCopiesOf(task);
        if (_spreads.Count > 0)
            EndSpread(task);
        if (_copiesAsked.Count > 0)
            _copiesAsked.Remove(task);
        while (row.Worker >= 0)
        {
            FreeOn(_workers[row.Worker]!, IdOf(row), row.Attempt);
            RemoveHolder(task, ref row, row.Worker);
        }
    }

    private void OnReplicasAdded(SchedulerWorker worker, ReplicasAdded message)
    {
        RequireRows(message.Tasks.Count, message.Bytes.Count);
        worker.Dropped.Read(message.LastFree);
        for (int i = 0; i < message.Tasks.Count; i++)
        {
            int task = FindDispatched(message.Tasks[i]);
            if (task < 0)
            {
#if PLANTED
                if (Diagnostics.PlantedBug.Is(4))
                    continue;
#endif
                FreeStray(worker, message.Tasks[i], int.MaxValue);
                continue;
            }

            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Memory)
            {
                bool isThere = !worker.Dropped.Contains(message.Tasks[i]);
#if PLANTED
                isThere |= Diagnostics.PlantedBug.Is(29);
#endif
                if (isThere && !Holds(task, row, worker.Number))
                    AddHolder(task, ref row, worker);
                if (_copies.Count > 0)
                    EndCopy(task, worker.Number, isThere);
            }
            else
            {
                // A copy of an earlier attempt's value. If the worker is about to run the task again, that run is kept.
                bool runsThere = row.State == TaskState.Processing && row.Worker == worker.Number;
#if PLANTED
                if (Diagnostics.PlantedBug.Is(5))
                    runsThere = false;
#endif
                FreeOn(worker, message.Tasks[i], runsThere ? row.Attempt - 1 : row.Attempt);
            }
        }
    }

    private void OnReplicasRemoved(SchedulerWorker worker, ReplicasRemoved message)
    {
        foreach (TaskId id in message.Tasks.Span)
            StrikeOff(FindDispatched(id), worker.Number);
        RecoverLost($"{worker.Label} no longer holds it");
    }

    private void OnDataMissing(SchedulerWorker worker, DataMissing message)
    {
        int count = message.Tasks.Count;
        RequireRows(count, message.Holders.Count);
        RequireRows(count, message.Gone.Count);
        for (int i = 0; i < count; i++)
        {
#if PLANTED
            if (Diagnostics.PlantedBug.Is(12) || message.Gone[i] != 0)
#else
            if (message.Gone[i] != 0)
#endif
                StrikeOffAsSaid(worker, message.Tasks[i], message.Holders[i]);
            else
                NoteUnreachable(worker, message.Holders[i]);
        }

        RecoverLost("the worker that was to hold it has not got it");
        for (int i = 0; i < count; i++)
        {
            int task = FindDispatched(message.Tasks[i]);
            if (task >= 0 && _tasks[task].IsActive)
                Urge(task);
            TellHolders(worker, message.Tasks[i], task, message.Holders[i]);
        }
    }

    /// <summary>
    /// Tells a worker where an input is; <paramref name="unreachable"/> is named only if there is no other.
    /// </summary>
    private void TellHolders(SchedulerWorker worker, TaskId id, int task, int unreachable)
    {
        if (!worker.IsConnected)
            return;
        bool isThere = task >= 0 && _tasks[task].State == TaskState.Memory;
        if (isThere && _partitions.Count > 0 && TryRelay(worker, task, _tasks[task]))
            return;
        NameHolders(worker, id, task, unreachable, isThere);
    }

    private void NameHolders(SchedulerWorker worker, TaskId id, int task, int except, bool isAnyNamed)
    {
        Dirty(worker);
        HoldersRefreshed message = worker.Outbox.Holders();
        message.Tasks.Add(id);
        if (isAnyNamed && AddHolders(message.Holders, task, _tasks[task], except, worker.Number) == 0)
            AddHolders(message.Holders, task, _tasks[task], except: -1, reader: -1);
        message.HolderEnds.Add(message.Holders.Count);
    }

    /// <summary>Names some holders, without those that <paramref name="reader"/> is known not to reach (−1 = anybody).</summary>
    private int AddHolders(MessageColumn<int> into, int task, in TaskRow row, int except, int reader)
    {
        int named = 0;
        if (row.Worker != except && (_partitions.Count == 0 || reader < 0 || CanReach(reader, row.Worker)))
        {
            into.Add(row.Worker);
            named++;
        }

        if (!row.Has(TaskFlags.HasReplicas))
            return named;
        for (int link = _replicas.First(task); link >= 0 && named < MaxNamedHolders; link = _replicas.Next(link))
        {
            if (_replicas.Worker(link) == except
                || (_partitions.Count > 0 && reader >= 0 && !CanReach(reader, _replicas.Worker(link))))
                continue;
            into.Add(_replicas.Worker(link));
            named++;
        }

        return named;
    }

    /// <summary>
    /// Somebody says that a holder has not got a value. If that is another worker's old news, and the holder has got the
    /// value again since, nobody would know of its copy: it drops it.
    /// </summary>
    private void StrikeOffAsSaid(SchedulerWorker by, TaskId id, int holder)
    {
        int task = FindDispatched(id);
        if (task < 0 || !Holds(task, _tasks[task], holder))
            return;
        if (holder != by.Number)
            FreeCopy(_workers[holder]!, id, _tasks[task].Attempt);
        StrikeOff(task, holder);
    }

    /// <summary>Strikes off one holder; a value without a copy is noted for <see cref="RecoverLost"/>.</summary>
    private void StrikeOff(int task, int worker)
    {
        if (task < 0 || !Holds(task, _tasks[task], worker))
            return;
        ref TaskRow row = ref _tasks[task];
        if (IsHome(row, worker))
            _lost.Add(task);
        else if (RemoveHolder(task, ref row, worker))
            TellConsumersOn(worker, task, row);
        else
            _lost.Add(task);
    }

    /// <summary>A worker that was to use its own copy, which is gone, is told of the other ones.</summary>
    private void TellConsumersOn(int number, int task, in TaskRow row)
    {
        if (_workers[number] is not { IsConnected: true } worker)
            return;
        for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
        {
            ref TaskRow consumer = ref _tasks[_edges[edge].Dependent];
            if (!RunsOn(_edges[edge].Dependent, consumer, number))
                continue;
            TellHolders(worker, IdOf(row), task, unreachable: -1);
            return;
        }
    }

    /// <summary>
    /// Deals with values that have lost their last copy: all leave Memory first, then what is needed is computed
    /// again.
    /// </summary>
    private void RecoverLost(string reason)
    {
        foreach (int task in _lost)
        {
            if (_tasks[task].Function < 0 || _tasks[task].Has(TaskFlags.Actor))
                LoseData(task, reason);
            else
                LoseResult(task);
        }

        foreach (int task in _lost)
            NeedAgain(task);
        _lost.Clear();
    }

    private void LoseResult(int task)
    {
        ref TaskRow row = ref _tasks[task];
        Transition(task, TaskState.Released);
        for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
        {
            int dependent = _edges[edge].Dependent;
            ref TaskRow consumer = ref _tasks[dependent];
            if (consumer.State == TaskState.Waiting)
                _tasks.Needs(dependent).MissingCount++;
#if PLANTED
            else if (Diagnostics.PlantedBug.Is(6) && consumer.State == TaskState.NoWorker)
                continue;
#endif
            else if (consumer.State is TaskState.Queued or TaskState.NoWorker)
                Transition(dependent, TaskState.Waiting);
        }
    }

    private void NeedAgain(int task)
    {
        ref TaskRow row = ref _tasks[task];
        if (row.Function < 0)
            return;
        if (_tasks.WaiterCount(task) == 0 && !IsWanted(task, row))
        {
            _unneeded.Push(task);
            return;
        }

        if (row.State == TaskState.Released)
            Need(task);
        for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
        {
            ref TaskRow consumer = ref _tasks[_edges[edge].Dependent];
            bool isHurried = consumer.State == TaskState.Processing || consumer.Has(TaskFlags.Urgent);
#if PLANTED
            if (Diagnostics.PlantedBug.Is(27))
                isHurried = consumer.State == TaskState.Processing;
#endif
            if (!isHurried)
                continue;
            Urge(task);
            return;
        }
    }

    private void LoseData(int task, string reason)
    {
        ref TaskRow row = ref _tasks[task];
        bool isActor = row.Has(TaskFlags.Actor);
        TaskError error = isActor
            ? ActorLostError(task, row, reason)
            : LostError(task, row) with { Message = $"{KeyOf(task, row)} is lost: {reason}" };
        Transition(task, TaskState.Erred);
        _errors[task] = error;
        if (isActor)
            NotifyErred(task, row, error);
        else
            NotifyLost(task, row, error.Message);
        for (int edge = _tasks.FirstDependent(task); edge >= 0;)
        {
            int dependent = _edges[edge].Dependent;
            edge = _edges[edge].Next;
            if (_tasks[dependent].State == TaskState.Processing)
                AbortRun(_tasks[dependent]);
            Fail(dependent, error);
        }

        _unneeded.Push(task);
    }

    private TaskError LostError(int task, in TaskRow row) => new(
        TaskErrorKind.InputLost,
        "TaskGraph.TaskLostException",
        $"{KeyOf(task, row)} is lost",
        RemoteStack: "",
        KeyOf(task, row),
        Worker: "");

    /// <summary>Makes a task, and the inputs it waits for, urgent: running tasks wait for its value.</summary>
    private void Urge(int root)
    {
        _urging.Push(root);
        while (_urging.TryPop(out int task))
        {
            ref TaskRow row = ref _tasks[task];
            if (!row.IsActive || row.Has(TaskFlags.Urgent))
                continue;
            row.Flags |= TaskFlags.Urgent;
            if (row.State == TaskState.Queued)
                _urgent.Add(task);
            if (row.State != TaskState.Waiting)
                continue;
#if PLANTED
            if (Diagnostics.PlantedBug.Is(2))
                continue;
#endif
            for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
                _urging.Push(_edges[edge].Dependency);
        }
    }
}
