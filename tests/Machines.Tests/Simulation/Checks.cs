using TaskGraph.Scheduler.Machine;

namespace Machines.Tests.Simulation;

/// <summary>What must hold between the machines, whatever happens to them.</summary>
internal sealed class Checks(Simulation simulation)
{
    private readonly Dictionary<TaskId, (int Worker, int Attempt)> _dispatched = [];
    private readonly Dictionary<(int Worker, TaskId Task), int> _stopped = [];
    private readonly Dictionary<TaskId, TaskState> _before = [];

    /// <summary>The scheduler says something: dispatches count up, and go only to workers that are heard.</summary>
    public void SentByScheduler(SchedulerPeer peer, Message message)
    {
        if (peer is not SchedulerWorker worker)
            return;
        if (message is ComputeTasks compute)
        {
            for (var i = 0; i < compute.Tasks.Count; i++)
            {
                var earlier = _dispatched.GetValueOrDefault(compute.Tasks[i]).Attempt;
                Require(compute.Attempts[i] > earlier, compute.Tasks[i], "an attempt's number was used twice");
                Require(worker.Status == WorkerStatus.Running, compute.Tasks[i], "it was given to a silent worker");
                _dispatched[compute.Tasks[i]] = (worker.Number, compute.Attempts[i]);
            }
        }
        else if (message is AbortTasks abort)
        {
            NoteStopped(worker.Number, abort.Tasks, abort.Attempts);
        }
        else if (message is FreeTasks free)
        {
            NoteStopped(worker.Number, free.Tasks, free.Attempts);
        }
    }

    public void BeforeScheduler(SchedulerPeer peer, Message message)
    {
        _before.Clear();
        if (message is not TasksFinished finished || peer is not SchedulerWorker)
            return;
        foreach (var task in finished.Tasks.Span)
            _before[task] = simulation.Scheduler.Machine.StateOf(task);
    }

    /// <summary>Attempt fencing: a result is taken from the last dispatch alone.</summary>
    public void AfterScheduler(SchedulerPeer peer, Message message)
    {
        if (message is not TasksFinished finished || peer is not SchedulerWorker worker)
            return;
        for (var i = 0; i < finished.Tasks.Count; i++)
        {
            var task = finished.Tasks[i];
            var isTaken = _before[task] != TaskState.Memory
                && simulation.Scheduler.Machine.StateOf(task) == TaskState.Memory;
            var isLast = _dispatched.GetValueOrDefault(task) == (worker.Number, finished.Attempts[i]);
            Require(!isTaken || isLast, task, "the result of an old attempt was taken");
        }
    }

    /// <summary>A task never runs twice at once where the scheduler could have known.</summary>
    public void RunStarts(Incarnation incarnation, Incarnation.Run run)
    {
        if (!Counts(incarnation, run))
            return;
        foreach (var other in simulation.Incarnations)
        {
            if (other == incarnation || !other.IsCurrent)
                continue;
            var isTwin = other.Running.Any(twin => twin.Task == run.Task && Counts(other, twin));
            Require(!isTwin, run.Task, $"it runs on {incarnation.Peer.Name} and {other.Peer.Name} at once");
        }
    }

    /// <summary>What each future of each client has become is what its call says, and what happened to it.</summary>
    public void Outcomes()
    {
        foreach (var client in simulation.Clients.Where(client => !client.IsGone))
        {
            foreach (var held in client.Futures)
            {
                Require(held.SettledCount == 1, held.Id, $"its future settled {held.SettledCount} times");
                if (!held.IsReleased)
                    Outcome(held);
            }
        }
    }

    /// <summary>Who holds a value by the scheduler's account can serve it, and it is the right one.</summary>
    public void HolderServes(TaskId asked, TaskId storedAs, int worker, long expected)
    {
        var holder = simulation.Incarnations.Find(i => i.Number == worker);
        Require(holder is { IsCurrent: true }, asked, $"its holder {worker} is gone");
        Require(holder!.Store.TryGetValue(storedAs, out var value), asked, $"its holder {worker} has not got it");
        Require(value == expected, asked, $"worker {worker} holds {value}; computed serially it is {expected}");
    }

    /// <summary>Tasks whose stories a report tells: those that the problem names, or those that have not ended.</summary>
    public IEnumerable<TaskId> Suspects(string problem)
    {
        var named = simulation.Submitted.Where(id => problem.Contains($"task {id} ", StringComparison.OrdinalIgnoreCase));
        return named.Concat(simulation.Clients.Where(client => !client.IsGone)
            .SelectMany(client => client.Futures)
            .Where(held => held.Status == FutureStatus.Pending)
            .Select(held => held.Id))
            .Concat(simulation.Submitted.Where(id => simulation.Scheduler.Machine.StateOf(id) != TaskState.Forgotten));
    }

    public static void Require(bool holds, TaskId task, string problem)
    {
        if (!holds)
            throw new SimulationException($"task {task} : {problem}");
    }

    private void Outcome(Held held)
    {
        var family = held.Work.WithAncestors();
        switch (held.Status)
        {
            case FutureStatus.Finished:
                Require(!held.Work.Fails, held.Id, "it finished, and should have failed");
                if (held.Set.TryInlineValue(held.Slot, out var bytes))
                    Require(BitConverter.ToInt64(bytes.Span) == held.Work.Value, held.Id, "its value is wrong");
                break;
            case FutureStatus.Error when held.Set.FailureOf(held.Slot) is FutureFailure.Failed { Error: var error }:
                var isExpected = error.Kind == TaskErrorKind.Poisoned
                    ? simulation.LossCount >= 3
                    : family.Any(work => work.Behaviour == Behaviour.Throws && error.Message == $"boom {work.Salt}");
                Require(isExpected, held.Id, $"it failed with {error.Kind} {error.Message}");
                break;
            default:
                var failure = held.Set.FailureOf(held.Slot);
                if (failure is FutureFailure.Lost or FutureFailure.Refused && simulation.HasOutlivedLease)
                    return;
                Require(
                    failure is FutureFailure.Cancelled or FutureFailure.Refused or FutureFailure.Lost,
                    held.Id,
                    $"it ended as {failure}");

                // A submission is refused whole when one of its inputs was cancelled, or came with a refused one.
                var isExpectedEnd = failure is FutureFailure.Refused
                    ? simulation.Cancelled.Count > 0
                    : family.Overlaps(simulation.Cancelled);
                Require(isExpectedEnd, held.Id, $"{failure}, and nobody cancelled it");
                break;
        }
    }

    private bool Counts(Incarnation incarnation, Incarnation.Run run) =>
        simulation.Scheduler.Knows(incarnation.Peer)
        && !run.IsCancelled
        && _stopped.GetValueOrDefault((incarnation.Number, run.Task), -1) < run.Attempt;

    private void NoteStopped(int worker, MessageColumn<TaskId> tasks, MessageColumn<int> attempts)
    {
        for (var i = 0; i < tasks.Count; i++)
        {
            ref var stopped = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                _stopped, (worker, tasks[i]), out var isKnown);
            stopped = isKnown ? Math.Max(stopped, attempts[i]) : attempts[i];
        }
    }
}
