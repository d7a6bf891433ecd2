namespace TaskGraph.Scheduler.Server;

/// <summary>
/// When a client is told of results. At once, as a rule. One that only listens while news streams in gets it in packets
/// half a millisecond apart: each packet costs both sides more than most news are worth.
/// </summary>
internal sealed class NewsPace
{
    /// <summary>From one packet to the next.</summary>
    public const long IntervalUs = 500;

    // So many packets in a row, none long after the one before and no word from the client between, are a stream.
    private const int Stream = 8;
    private const long LongUs = 2_000;

    private int _inRow;
    private long _last;

    /// <summary>When the next packet may go: what is held goes then at the latest.</summary>
    public long NextUs => _inRow >= Stream ? _last + IntervalUs : 0;

    /// <summary>The client has said something: it may wait for the answer.</summary>
    public void Heard() => _inRow = 0;

    /// <summary>A packet has gone.</summary>
    public void Sent(long nowUs)
    {
        _inRow = nowUs - _last < LongUs ? _inRow + 1 : 0;
        _last = nowUs;
    }
}
