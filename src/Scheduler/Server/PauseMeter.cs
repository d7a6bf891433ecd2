namespace TaskGraph.Scheduler.Server;

/// <summary>
/// The longest stop of this process for the collection of garbage, looked at once per turn: exact as long as there was
/// one collection since the last look, an upper bound (their sum) if there were several.
/// </summary>
internal sealed class PauseMeter
{
    private int _collections = GC.CollectionCount(0);
    private TimeSpan _total = GC.GetTotalPauseDuration();

    /// <summary>The longest stop so far, in microseconds.</summary>
    public long LongestUs { get; private set; }

    /// <summary>Takes in what has been collected since the last look.</summary>
    public void Look()
    {
        int collections = GC.CollectionCount(0);
        if (collections == _collections)
            return;
        TimeSpan total = GC.GetTotalPauseDuration();
        LongestUs = Math.Max(LongestUs, (total - _total).Ticks / TimeSpan.TicksPerMicrosecond);
        (_collections, _total) = (collections, total);
    }
}
