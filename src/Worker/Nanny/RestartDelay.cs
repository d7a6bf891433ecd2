namespace TaskGraph.Worker.Nanny;

/// <summary>
/// How long to wait before a child is started again: doubles with every quick death. One that had joined has probably died of
/// a task, which does not run for ever: others wait for its place, and the scheduler for the reason.
/// </summary>
internal sealed class RestartDelay
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestOnceJoined = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_healthy = TimeSpan.FromSeconds(30);

    private TimeSpan _next = s_first;

    /// <summary>The pause after a child that lived for <paramref name="lived"/>.</summary>
    public TimeSpan After(TimeSpan lived, bool hadJoined)
    {
        if (lived >= s_healthy)
            _next = s_first;
        if (hadJoined && _next > s_longestOnceJoined)
            _next = s_longestOnceJoined;
        var pause = _next;
        _next = _next * 2 < s_longest ? _next * 2 : s_longest;
        return pause;
    }
}
