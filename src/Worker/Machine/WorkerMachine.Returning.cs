using TaskGraph.Messages;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// The worker comes back under a new incarnation: what the scheduler had planned for the old one is void, what runs
/// goes on, what is held is offered.
/// </summary>
internal sealed partial class WorkerMachine
{
    private const int MaxInventoryRows = 8192;

    /// <summary>
    /// Drops what has not started, forgets the other workers' numbers, and appends the inventory to
    /// <paramref name="inventory"/>: it is to be the first that the scheduler hears of this incarnation.
    /// </summary>
    public void Rejoin(int ownNumber, List<Message> inventory, long nowUs)
    {
        _nowUs = nowUs;
        Options = Options with { OwnNumber = ownNumber };
        DropPlanned();
        foreach (var peer in _peerList)
            peer.IsFormer = true;
        _peers.Clear();
        _peerList.Clear();
        Outbox.BeginSession();
        WriteInventory(inventory);
    }

    private void DropPlanned()
    {
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            task.HolderCount = 0;
            task.RetractAsked = false;
            if (task.State is Waiting or Ready || (task.State == Resumed && task.Next == Waiting))
                ReleaseInputs(row);
        }

        // No input edge of theirs is left, so none of them has dependents.
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            if (task.State is Waiting or Ready)
                ReleaseAndForget(row);
            else if (task.State == Resumed && task.Next == Waiting)
                GiveUpWish(row);
        }
    }

    private void WriteInventory(List<Message> inventory)
    {
        var message = new WorkerInventory();
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            if (task.State != Memory || task.FreeWhenUnused)
                continue;
            message.Held.Add(task.Id);
            message.HeldAttempts.Add(task.Attempt);
            message.HeldBytes.Add(task.Bytes);
            if (message.Held.Count < MaxInventoryRows)
                continue;
            inventory.Add(message);
            message = new WorkerInventory();
        }

        // Runs come last: the scheduler takes one over when it knows where the inputs are.
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            if (task.State == Forgotten)
                continue;
            message.HighestAttempt = Math.Max(message.HighestAttempt, task.Attempt);
            if (task.State is not (Executing or LongRunning))
                continue;
            message.Running.Add(task.Id);
            message.RunningAttempts.Add(task.Attempt);
            message.RunningSeceded.Add(task.State == LongRunning ? (byte)1 : (byte)0);
        }

        message.IsLast = true;
        inventory.Add(message);
    }
}
