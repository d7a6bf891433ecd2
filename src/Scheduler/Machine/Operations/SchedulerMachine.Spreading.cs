namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Many copies of one value, as a tree: each holder, and each worker as soon as it has become one, serves two others at a
/// time, so that n copies take the time of log n.
/// </content>
internal sealed partial class SchedulerMachine
{
    private const int Branching = 2;

    /// <summary>By task: copies that have not been begun.</summary>
    private readonly Dictionary<int, Spread> _spreads = [];

    private void BeginSpread(int task, int count, Operation operation)
    {
        operation.Outstanding++;
        if (_spreads.Remove(task, out Spread? earlier))
            EndPart(earlier.Operation);
        _spreads.Add(task, new Spread(operation) { Left = count });
        AdvanceSpread(task);
    }

    private void AdvanceSpread(int task)
    {
        if (!_spreads.TryGetValue(task, out Spread? spread))
            return;
        ref TaskRow row = ref _tasks[task];
        while (spread.Left > 0 && ChooseSource(task, row) is >= 0 and int source)
        {
            if (ChooseRecipient(task, row) is not { } target)
            {
                // Those that get it now may be all that there are.
                spread.Left = 0;
                break;
            }

            spread.Left--;
            StartCopy(task, row, target, dropFrom: -1, spread.Operation, source);
        }

        if (spread.Left > 0)
            return;
        _spreads.Remove(task);
        EndPart(spread.Operation);
    }

    private void EndSpread(int task)
    {
        if (_spreads.Remove(task, out Spread? spread))
            EndPart(spread.Operation);
    }

    /// <summary>A holder that serves less than two copies of the value, −1 = none now.</summary>
    private int ChooseSource(int task, in TaskRow row)
    {
        if (IsFreeSource(task, row.Worker))
            return row.Worker;
        for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
        {
            if (IsFreeSource(task, _replicas.Worker(link)))
                return _replicas.Worker(link);
        }

        return -1;
    }

    private bool IsFreeSource(int task, int holder)
    {
        if (!_copies.TryGetValue(task, out List<ReplicaCopy>? copies))
            return true;
        int served = 0;
        foreach (ReplicaCopy copy in copies)
        {
            if (copy.Source == holder)
                served++;
        }

        return served < Branching;
    }

    private sealed class Spread(Operation operation)
    {
        public Operation Operation { get; } = operation;

        /// <summary>Copies to begin.</summary>
        public int Left { get; set; }
    }
}
