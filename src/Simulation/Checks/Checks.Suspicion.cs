using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>17: whom the scheduler suspects, and who takes part twice.</summary>
internal sealed partial class Checks
{
    private readonly List<(TaskId Task, int Deaths)> _suspected = [];
    private readonly HashSet<string> _names = [];

    /// <summary>Workers that went with a word: nothing that was with them is to blame.</summary>
    private readonly HashSet<int> _wentInOrder = [];

    /// <summary>A task is suspected of no more deaths than there were while it was with a worker.</summary>
    private void Suspicions()
    {
        _cluster.Scheduler.Machine.ReadSuspicions(_suspected);
        foreach (var (task, deaths) in _suspected)
        {
            // The death of the worker of a second run is no move of the task.
            if (FindWork(task) is { IsSpeculative: false } work)
                Require(deaths <= DeathsSeen(work), task, $"17: it is suspected of {deaths} deaths and has seen {DeathsSeen(work)}");
        }
    }

    /// <summary>Of the processes of one name one takes part at most.</summary>
    private void Twins()
    {
        _names.Clear();
        foreach (var worker in _cluster.Scheduler.Workers)
        {
            if (!_names.Add(worker.Name))
                throw new SimulationException($"two workers of the name {worker.Name} take part at once");
        }
    }

    /// <summary>The call that a task is; null = data, or nobody's any more.</summary>
    private Work? FindWork(TaskId task)
    {
        foreach (var client in _cluster.Clients)
        {
            if (client.WorkOf(task) is { } work)
                return work;
        }

        return null;
    }
}
