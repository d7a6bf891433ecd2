using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Workers that end in order: no new tasks, unstarted ones given back, running ones awaited, what only they hold
/// copied to others, then a goodbye.
/// </content>
internal sealed partial class SchedulerMachine
{
    private const int MaxRetirementRounds = 10;

    private readonly List<Retirement> _retirements = [];

    private void OnRetireWorkers(SchedulerClient client, RetireWorkers message)
    {
        Operation operation = new(client, message.RequestId) { Outstanding = 1 };
        foreach (string word in message.Workers)
        {
            if (!_workers.Exists(w => w is not null && Placement.RestrictionTable.Matches([word], w)))
                operation.Error = $"no worker of name, address or host {word} is connected";
        }

        if (message.Workers.Length == 0)
        {
            foreach (SchedulerWorker worker in WorkersToClose(message.Count))
                Retire(worker, operation);
        }

        for (int number = 0; number < _workers.Count && operation.Error.Length == 0; number++)
        {
            if (_workers[number] is { Status: not WorkerStatus.Retiring } worker
                && Placement.RestrictionTable.Matches(message.Workers, worker))
                Retire(worker, operation);
        }

        EndPart(operation);
    }

    /// <summary>A worker's process is to end: it retires of its own accord, and ends even if its data finds no room.</summary>
    private void OnWorkerLeaving(SchedulerWorker worker, WorkerLeaving message)
    {
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info, $"worker {worker.Label} asks to leave: {message.Reason}", Close: null));
        if (_retirements.Find(retirement => retirement.Worker == worker) is { } underWay)
            underWay.IsLeaving = true;
        else
            Retire(worker, new Operation(_keeper, requestId: 0), isLeaving: true);
    }

    private void Retire(SchedulerWorker worker, Operation operation, bool isLeaving = false)
    {
        operation.Outstanding++;
        _retirements.Add(new Retirement(worker, operation) { IsLeaving = isLeaving });
        worker.Status = WorkerStatus.Retiring;
        MarkLoad(worker);
        Effects.Add(new SchedulerEffect(EffectLevel.Info, $"worker {worker.Label} retires", Close: null));
        AskBackAll(worker);
    }

    /// <summary>Takes every retirement as far as it can go now.</summary>
    private void AdvanceRetirements()
    {
        for (int i = _retirements.Count - 1; i >= 0; i--)
        {
            Retirement retirement = _retirements[i];
            if (retirement is { IsSentAway: false, IsLeaving: false } && ActorsThatStay(retirement.Worker) is { Length: > 0 } stay)
            {
                CallOff(retirement, stay);
                continue;
            }

            if (retirement.IsSentAway || retirement.Worker.AssignedCount > 0 || retirement.Copies.Outstanding > 0)
                continue;
            if (!CopyWhatOnlyItHolds(retirement, out string problem) && !retirement.IsLeaving)
                CallOff(retirement, problem);
            else if (retirement.Copies.Outstanding == 0)
                SendAway(retirement);
        }
    }

    private bool CopyWhatOnlyItHolds(Retirement retirement, out string problem)
    {
        int number = retirement.Worker.Number;
        problem = "";
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State != TaskState.Memory || row.Worker != number
                || row.Has(TaskFlags.HasReplicas | TaskFlags.Actor))
                continue;
            if (_copies.ContainsKey(task))
                continue;
            if (retirement.Rounds == MaxRetirementRounds)
                problem = $"{KeyOf(task, row)}, which only it holds, could not be copied to another worker";
            else if (ChooseRecipient(task, row) is not { } target)
                problem = $"no other worker is there to take {KeyOf(task, row)}, which only it holds";
            else
                StartCopy(task, row, target, dropFrom: -1, retirement.Copies);
            if (problem.Length > 0)
                return false;
        }

        retirement.Rounds++;
        return true;
    }

    private void SendAway(Retirement retirement)
    {
        retirement.IsSentAway = true;
        Dirty(retirement.Worker);
        retirement.Worker.Outbox.AddFirst(new Goodbye { Reason = "retired" });
    }

    /// <summary>The worker cannot go: it works on.</summary>
    private void CallOff(Retirement retirement, string problem)
    {
        SchedulerWorker worker = retirement.Worker;
        _retirements.Remove(retirement);
        Reinstate(worker);
        retirement.Operation.Error = $"worker {worker.Label} cannot retire: {problem}";
        Effects.Add(new SchedulerEffect(EffectLevel.Warning, retirement.Operation.Error, Close: null));
        EndPart(retirement.Operation);
    }

    /// <summary>The worker is gone, as it was asked to or before.</summary>
    private void EndRetirement(SchedulerWorker worker)
    {
        EndCopiesTo(worker);
        int index = _retirements.FindIndex(retirement => retirement.Worker == worker);
        if (index < 0)
            return;
        Retirement retirement = _retirements[index];
        _retirements.RemoveAt(index);
        retirement.Operation.Copied += retirement.Copies.Copied;
        EndPart(retirement.Operation);
    }
}
