using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Actors: tasks whose value is an object that stays where it was made. The first holder is its home; other workers
/// hold no more than a reference to it, and when the home is gone, so is the actor.
/// </content>
internal sealed partial class SchedulerMachine
{
    private static bool IsHome(in TaskRow row, int worker) => row.Has(TaskFlags.Actor) && row.Worker == worker;

    /// <summary>Whether an actor had better live on the one worker than on the other: where fewest are.</summary>
    private static bool HasFewerActors(SchedulerWorker worker, SchedulerWorker than) =>
        worker.ActorCount != than.ActorCount ? worker.ActorCount < than.ActorCount : worker.Load < than.Load;

    /// <summary>The worker to which an actor is assigned, or where it lives, changes.</summary>
    private static void CountActor(in TaskRow row, SchedulerWorker worker, int change)
    {
        if (row.Has(TaskFlags.Actor))
            worker.ActorCount += change;
    }

    private TaskError ActorLostError(int task, in TaskRow row, string reason) => new(
        TaskErrorKind.ActorLost,
        "TaskGraph.ActorLostException",
        reason,
        RemoteStack: "",
        KeyOf(task, row),
        Worker: "");

    /// <summary>What keeps a worker from retiring: an actor cannot move. Empty = nothing does.</summary>
    private string ActorsThatStay(SchedulerWorker worker)
    {
        if (worker.ActorCount == 0)
            return "";
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Memory && IsHome(row, worker.Number))
                return $"{worker.ActorCount} actors live there, such as {KeyOf(task, row)}; actors cannot move: "
                    + "drop their futures first";
        }

        return "";
    }
}
