using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Copies of values made on request: replicating and evening out.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>How far from the mean a worker's bytes may stay when they are evened out: a twentieth.</summary>
    private const int RebalanceBand = 20;

    /// <summary>By task: the copies under way.</summary>
    private readonly Dictionary<int, List<ReplicaCopy>> _copies = [];

    private void OnReplicateTasks(SchedulerClient client, ReplicateTasks message)
    {
        Operation operation = new(client, message.RequestId) { Outstanding = 1 };
        if (message.Copies < 1)
            operation.Error = $"{message.Copies} copies: one at least";
        foreach (TaskId id in message.Tasks.Span)
        {
            int task = _submissions.FindTask(id);
            if (operation.Error.Length > 0)
                break;
            if (task < 0)
                operation.Error = $"task {id} is not known any more";
            else if (_tasks[task].State != TaskState.Memory)
                operation.Error = $"{KeyOf(task, _tasks[task])} has no value yet: it is {_tasks[task].State}";
            else if (_tasks[task].Has(TaskFlags.Actor))
                operation.Error = $"{KeyOf(task, _tasks[task])} is an actor, and there is one of it only";
            else
                Replicate(task, message.Copies, operation);
        }

        EndPart(operation);
    }

    private void Replicate(int task, int copies, Operation operation)
    {
        ref TaskRow row = ref _tasks[task];
        int held = HolderCount(task, row);
        for (; held > copies; held--)
            DropReplica(task, ref row, _replicas.Worker(_replicas.First(task)));
        _copiesAsked[task] = copies;
        held += _copies.TryGetValue(task, out List<ReplicaCopy>? underWay) ? underWay.Count : 0;
        if (held < copies)
            BeginSpread(task, copies - held, operation);
    }

    private int HolderCount(int task, in TaskRow row)
    {
        int count = row.Worker >= 0 ? 1 : 0;
        for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
            count++;
        return count;
    }

    /// <summary>The running worker with the fewest bytes that neither has the value nor is getting it.</summary>
    private SchedulerWorker? ChooseRecipient(int task, in TaskRow row)
    {
        SchedulerWorker? best = null;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not { Status: WorkerStatus.Running } || Holds(task, row, worker.Number)
                || IsOnItsWay(task, worker.Number))
                continue;
            if (best is null || worker.PlannedBytes < best.PlannedBytes)
                best = worker;
        }

        return best;
    }

    private bool IsOnItsWay(int task, int target) =>
        _copies.TryGetValue(task, out List<ReplicaCopy>? copies) && copies.Exists(copy => copy.Target == target);

    private void StartCopy(int task, in TaskRow row, SchedulerWorker target, int dropFrom, Operation operation)
        => StartCopy(task, row, target, dropFrom, operation, row.Worker);

    private void StartCopy(
        int task, in TaskRow row, SchedulerWorker target, int dropFrom, Operation operation, int source)
    {
        if (!_copies.TryGetValue(task, out List<ReplicaCopy>? copies))
            _copies.Add(task, copies = []);
        copies.Add(new ReplicaCopy(target.Number, source, dropFrom, row.Bytes, operation));
        operation.Outstanding++;
        target.IncomingBytes += row.Bytes;
        if (dropFrom >= 0)
            _workers[dropFrom]!.IncomingBytes -= row.Bytes;
        Dirty(target);
        AcquireReplicas message = target.Outbox.Acquire();
        message.Tasks.Add(IdOf(row));
        message.Bytes.Add(row.Bytes);
        message.Holders.Add(source);
    }

    /// <summary>A copy has arrived, or will not.</summary>
    private void EndCopy(int task, int target, bool isThere)
    {
        if (!_copies.TryGetValue(task, out List<ReplicaCopy>? copies))
            return;
        int index = copies.FindIndex(copy => copy.Target == target);
        if (index < 0)
            return;
        ReplicaCopy ended = copies[index];
        copies.RemoveAt(index);
        if (copies.Count == 0)
            _copies.Remove(task);
        EndCopy(ended, isThere);
        ref TaskRow row = ref _tasks[task];
        if (isThere && ended.DropFrom >= 0 && row.Has(TaskFlags.HasReplicas) && Holds(task, row, ended.DropFrom))
            DropReplica(task, ref row, ended.DropFrom);
        if (_spreads.Count > 0)
            AdvanceSpread(task);
    }

    private void EndCopy(ReplicaCopy copy, bool isThere)
    {
        if (_workers[copy.Target] is { } target)
            target.IncomingBytes -= copy.Bytes;
        if (copy.DropFrom >= 0 && _workers[copy.DropFrom] is { } donor)
            donor.IncomingBytes += copy.Bytes;
        if (isThere)
            copy.Operation.Copied++;
        else
            copy.Operation.NotCopied++;
        EndPart(copy.Operation);
    }

    /// <summary>The value is gone: its copies will not come.</summary>
    private void EndCopiesOf(int task)
    {
        if (!_copies.Remove(task, out List<ReplicaCopy>? copies))
            return;
        foreach (ReplicaCopy copy in copies)
            EndCopy(copy, isThere: false);
    }

    private void EndCopiesTo(SchedulerWorker worker)
    {
        if (_copies.Count == 0)
            return;
        foreach (int task in _copies.Keys.ToArray())
            EndCopy(task, worker.Number, isThere: false);
    }

    /// <summary>A holder that is not the last one drops its copy.</summary>
    private void DropReplica(int task, ref TaskRow row, int number)
    {
        FreeCopy(_workers[number]!, IdOf(row), row.Attempt);
        RemoveHolder(task, ref row, number);
    }

    private void OnReplicasNotAcquired(SchedulerWorker worker, ReplicasNotAcquired message)
    {
        foreach (TaskId id in message.Tasks.Span)
        {
            int task = FindDispatched(id);
            if (task >= 0)
                EndCopy(task, worker.Number, isThere: false);
        }
    }

    private void OnRebalanceWorkers(SchedulerClient client, RebalanceWorkers message)
    {
        Operation operation = new(client, message.RequestId) { Outstanding = 1 };
        long total = 0;
        int running = 0;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not { Status: WorkerStatus.Running })
                continue;
            total += worker.StoredBytes;
            running++;
        }

        long most = running == 0 ? 0 : (total / running) + (total / running / RebalanceBand);
        for (int task = 0; task < _tasks.HighWater && running > 1; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Memory || row.Has(TaskFlags.HasReplicas | TaskFlags.Actor) || row.Bytes == 0
                || _copies.ContainsKey(task))
                continue;
            SchedulerWorker donor = _workers[row.Worker]!;
            if (donor.PlannedBytes <= most || ChooseRecipient(task, row) is not { } target
                || target.PlannedBytes + row.Bytes > most)
                continue;
            StartCopy(task, row, target, donor.Number, operation);
        }

        EndPart(operation);
    }

    /// <summary>One part of an operation has ended; the client is told when it was the last.</summary>
    private void EndPart(Operation operation)
    {
        if (--operation.Outstanding > 0 || operation.RequestId == 0)
            return;
        if (operation.Error.Length == 0 && operation.NotCopied > 0)
            operation.Error = $"{operation.NotCopied} copies could not be made, {operation.Copied} were";
        AnswerOperation(operation.Client, operation.RequestId, operation.Error, $"{operation.Copied} copies were made");
    }
}
