using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>Empties outgoing messages for their next use; their columns keep their memory.</summary>
internal static class MessageClearing
{
    public static void Clear(ComputeTasks message)
    {
        message.Tasks.Clear();
        message.Attempts.Clear();
        message.Priorities.Clear();
        message.Functions.Clear();
        message.FunctionIndex.Clear();
        message.Arguments.Clear();
        message.DependencyEnds.Clear();
        message.Dependencies.Clear();
        message.DependencyBytes.Clear();
        message.HolderEnds.Clear();
        message.Holders.Clear();
        message.TimeoutMs.Clear();
        message.Flags.Clear();
        message.KeyNames.Clear();
        message.InputsBefore.Clear();
    }

    public static void Clear(ComputeInputs message)
    {
        message.Dependencies.Clear();
        message.DependencyBytes.Clear();
        message.HolderEnds.Clear();
        message.Holders.Clear();
    }

    public static void Clear(RetractTasks message)
    {
        message.Tasks.Clear();
        message.Attempts.Clear();
    }

    public static void Clear(AbortTasks message)
    {
        message.Tasks.Clear();
        message.Attempts.Clear();
    }

    public static void Clear(FreeTasks message)
    {
        message.Number = 0;
        message.Tasks.Clear();
        message.Attempts.Clear();
    }

    public static void Clear(HoldersRefreshed message)
    {
        message.Tasks.Clear();
        message.HolderEnds.Clear();
        message.Holders.Clear();
    }

    public static void Clear(WorkersJoined message)
    {
        message.Numbers.Clear();
        message.Addresses.Clear();
        message.Names.Clear();
        message.Threads.Clear();
    }

    public static void Clear(WorkersLeft message) => message.Numbers.Clear();

    public static void Clear(TasksInMemory message)
    {
        message.Tasks.Clear();
        message.Bytes.Clear();
        message.Holder.Clear();
        message.InlineRows.Clear();
        message.InlineValues.Clear();
    }

    public static void Clear(TasksErred message)
    {
        message.Tasks.Clear();
        message.Errors.Clear();
    }

    public static void Clear(TasksCancelled message) => message.Tasks.Clear();

    public static void Clear(TasksLost message) => message.Tasks.Clear();

    public static void Clear(TasksReported message)
    {
        message.Tasks.Clear();
        message.Reports.Clear();
    }
}
