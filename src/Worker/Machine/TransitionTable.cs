using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Every legal pair of states, and what causes it. What is not written here throws: nothing is routed by way of
/// another state silently.
/// </summary>
internal static class TransitionTable
{
    /// <summary>The table, row by row.</summary>
    public static readonly (WorkerTaskState From, WorkerTaskState To, string Cause)[] Rows =
    [
        (Released, Waiting, "compute"),
        (Released, Fetch, "needed as input, holders known"),
        (Released, Missing, "needed as input, no holder known"),
        (Released, Memory, "put by a client"),
        (Released, Forgotten, "nobody needs it here"),

        (Waiting, Ready, "last input and the code are here"),
        (Waiting, Error, "the function cannot be loaded"),
        (Waiting, Missing, "given up as a task, still an input of others"),
        (Waiting, Memory, "put by a client"),
        (Waiting, Released, "freed, aborted or retracted"),

        (Ready, Executing, "handed to the executor"),
        (Ready, Waiting, "an input's copy on disk is damaged"),
        (Ready, Missing, "given up as a task, still an input of others"),
        (Ready, Memory, "put by a client"),
        (Ready, Released, "freed, aborted or retracted"),

        (Executing, Memory, "ran to its end"),
        (Executing, Error, "failed"),
        (Executing, LongRunning, "seceded"),
        (Executing, Ready, "taken back before it started (short of memory, or dispatched anew); or found no memory"),
        (Executing, Rescheduled, "taken back before it started"),
        (Executing, Cancelled, "freed or aborted"),

        (LongRunning, Memory, "ran to its end"),
        (LongRunning, Error, "failed"),
        (LongRunning, Executing, "holds a slot again"),
        (LongRunning, Cancelled, "freed or aborted"),

        (Fetch, Flight, "asked for"),
        (Fetch, Missing, "last holder left"),
        (Fetch, Waiting, "compute"),
        (Fetch, Memory, "put by a client"),
        (Fetch, Released, "last dependent left"),

        (Flight, Memory, "arrived"),
        (Flight, Fetch, "holder failed, another is known"),
        (Flight, Missing, "last holder failed"),
        (Flight, Cancelled, "last dependent left"),
        (Flight, Resumed, "compute"),

        (Missing, Fetch, "holder named"),
        (Missing, Waiting, "compute"),
        (Missing, Memory, "put by a client"),
        (Missing, Released, "last dependent left"),

        (Memory, Released, "freed, or its copy on disk is damaged"),
        (Memory, Missing, "its copy on disk is damaged, and it is still an input of others"),

        (Error, Missing, "still an input of others"),
        (Error, Released, "reported"),

        (Rescheduled, Missing, "still an input of others"),
        (Rescheduled, Released, "reported"),

        (Cancelled, Released, "run or transfer ended, thrown away"),
        (Cancelled, Flight, "transfer needed after all"),
        (Cancelled, Resumed, "wanted again while the old run or transfer goes on"),

        (Resumed, Cancelled, "freed, aborted or retracted"),
        (Resumed, Flight, "given up as a task, transfer still needed"),
        (Resumed, Waiting, "old run or transfer ended, to be run"),
        (Resumed, Fetch, "old run ended, to be fetched"),
        (Resumed, Missing, "old run ended, no holder known"),
        (Resumed, Memory, "transfer arrived"),
    ];

    private const int Count = (int)Forgotten + 1;

    private static readonly bool[] s_legal = Build();

    /// <summary>Whether a task may go from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static bool IsLegal(WorkerTaskState from, WorkerTaskState to) => s_legal[((int)from * Count) + (int)to];

    private static bool[] Build()
    {
        var legal = new bool[Count * Count];
        foreach (var (from, to, _) in Rows)
            legal[((int)from * Count) + (int)to] = true;
        return legal;
    }
}
