namespace TaskGraph.Worker.Storage;

/// <summary>
/// Process memory beside the values, looked at once a heartbeat: the least of the last 30 looks is old and will stay,
/// what is above it may be garbage or the work of running tasks.
/// </summary>
internal sealed class UnmanagedMemory
{
    private readonly long[] _looks = new long[30];
    private int _count;

    /// <summary>Notes a look; returns the old part.</summary>
    public long Note(long processBytes, long valueBytes)
    {
        _looks[_count++ % _looks.Length] = Math.Max(0, processBytes - valueBytes);
        var least = long.MaxValue;
        for (var i = 0; i < Math.Min(_count, _looks.Length); i++)
            least = Math.Min(least, _looks[i]);
        return least;
    }
}
