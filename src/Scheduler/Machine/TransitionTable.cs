using static TaskGraph.Scheduler.Machine.TaskState;

namespace TaskGraph.Scheduler.Machine;

/// <summary>One legal move of a task.</summary>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="When">What causes it.</param>
/// <param name="Effect">What else happens.</param>
internal sealed record LegalTransition(TaskState From, TaskState To, string When, string Effect);

/// <summary>
/// Every legal move. Anything else is a defect of the machine and throws <see cref="InvalidTransitionException"/>.
/// </summary>
internal static class TransitionTable
{
    public static readonly LegalTransition[] Rows =
    [
        new(
            Released,
            Waiting,
            "a client wants it or an active dependent needs it",
            "counts as waiter of each input; inputs without a value are needed too"),
        new(Released, Memory, "a client has put it on a worker (scatter)", "holder and bytes noted; client told"),
        new(
            Released,
            Forgotten,
            "unwanted, no dependents",
            "record, key and arguments dropped; inputs without other dependents follow"),
        new(
            Waiting,
            Queued,
            "its last missing input has a value",
            "enters the ready queue (or the urgent list, if a running consumer waits for it)"),
        new(
            Waiting,
            Memory,
            "a worker that is back after its lease, or after a restart of the scheduler, holds the value",
            "as Processing to Memory"),
        new(Waiting, Released, "unwanted and no active dependent (released, cancelled)", "lets go of its inputs"),
        new(
            Waiting,
            Erred,
            "an input has failed or is lost for good",
            "shares the input's error; lets go of its inputs; clients told; active dependents fail too"),
        new(
            Queued,
            Processing,
            "a worker has room and was chosen; or one that is back still runs it",
            "next attempt; ComputeTasks to the worker (not to one that runs it)"),
        new(Queued, Memory, "as Waiting to Memory", "as Processing to Memory"),
        new(Queued, NoWorker, "no connected worker may run it or has the resources that it takes", "kept aside until one joins"),
        new(Queued, Waiting, "the last copy of an input is lost", "waits for the input to be computed again"),
        new(Queued, Released, "unwanted and no active dependent", "its queue entry goes stale; lets go of its inputs"),
        new(Queued, Erred, "an input is lost, inputs fit into no memory, or no worker for too long", "as Waiting to Erred"),
        new(NoWorker, Queued, "a worker that may run it has joined, or is heard again", "enters the ready queue"),
        new(NoWorker, Memory, "as Waiting to Memory", "as Processing to Memory"),
        new(NoWorker, Waiting, "the last copy of an input is lost", "as Queued to Waiting"),
        new(NoWorker, Released, "unwanted and no active dependent", "lets go of its inputs"),
        new(NoWorker, Erred, "an input is lost for good, or no worker for too long", "as Waiting to Erred"),
        new(
            Processing,
            Memory,
            "TasksFinished from its worker with the current attempt",
            "holder, bytes, duration; lets go of its inputs; clients told; waiting dependents count down"),
        new(
            Processing,
            Erred,
            "it failed without retries left, killed three workers, or an input failed",
            "error kept; AbortTasks if it still runs; lets go of its inputs; clients told; active dependents "
                + "fail"),
        new(
            Processing,
            Queued,
            "given back (TasksRetracted), retried, or its worker is gone; inputs are there",
            "leaves the worker; enters the ready queue"),
        new(Processing, Waiting, "as above, but an input has to be computed again", "leaves the worker; waits"),
        new(
            Processing,
            Released,
            "unwanted and no active dependent (released, cancelled)",
            "AbortTasks to the worker; lets go of its inputs"),
        new(
            Memory,
            Released,
            "unwanted and no active dependent; or the last copy is lost",
            "FreeTasks to the holders; if lost: dependents wait again, and it is computed again if needed"),
        new(
            Memory,
            Erred,
            "the last copy of a client's data (scatter) is lost, or an actor's worker is gone",
            "TasksLost or TasksErred to clients; active dependents fail with InputLost or ActorLost"),
        new(
            Erred,
            Released,
            "the same key is submitted again, or a client asks for a retry (of it or of what it made fail)",
            "the error is dropped, so are those of failed inputs; it is run again"),
        new(Erred, Forgotten, "unwanted, no dependents", "as Released to Forgotten"),
    ];

    private static readonly ulong s_legal = Bits();

    public static bool IsLegal(TaskState from, TaskState to) => (s_legal >> (((int)from << 3) | (int)to) & 1) != 0;

    private static ulong Bits()
    {
        ulong bits = 0;
        foreach (LegalTransition row in Rows)
            bits |= 1UL << (((int)row.From << 3) | (int)row.To);
        return bits;
    }
}
