namespace TaskGraph.Worker.Nanny;

/// <summary>How long to wait before a child is started again: doubles with every quick death.</summary>
internal sealed class RestartDelay
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_healthy = TimeSpan.FromSeconds(30);

    private TimeSpan _next = s_first;

    /// <summary>The pause after a child that lived for <paramref name="lived"/>.</summary>
    public TimeSpan After(TimeSpan lived)
    {
        if (lived >= s_healthy)
            _next = s_first;
        var pause = _next;
        _next = _next * 2 < s_longest ? _next * 2 : s_longest;
        return pause;
    }
}
