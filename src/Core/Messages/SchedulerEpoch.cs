namespace TaskGraph.Messages;

/// <summary>
/// A scheduler's epoch: the upper half is the cluster, drawn at random once, the lower counts the starts from the same
/// state.
/// </summary>
public static class SchedulerEpoch
{
    /// <summary>
    /// Whether a scheduler of epoch <paramref name="own"/> has been replaced: somebody has met a later one of the same
    /// cluster.
    /// </summary>
    public static bool IsStale(ulong own, ulong met) => own >> 32 == met >> 32 && own < met;
}
