namespace TaskGraph.Scheduler.Placement;

/// <summary>A task that can run, as queues know it: 16 bytes, as there may be one for every root of a large graph.</summary>
internal struct ReadyEntry
{
    public long Priority;
    public int Task;

    /// <summary>The order of arrival, above the eight bits of the row's generation.</summary>
    public uint Sequence;

    public static bool Precedes(in ReadyEntry left, in ReadyEntry right) => PrecedesBit(left, right) != 0;

    /// <summary>Whether the left one comes first, 1 or 0: without a branch, since which it is cannot be foretold.</summary>
    public static int PrecedesBit(in ReadyEntry left, in ReadyEntry right)
    {
        int isLess = left.Priority < right.Priority ? 1 : 0;
        int isTie = left.Priority == right.Priority ? 1 : 0;
        return isLess | (isTie & (int)(unchecked(left.Sequence - right.Sequence) >> 31));
    }
}
