namespace TaskGraph.Simulation;

/// <summary>Virtual microseconds, and what is to happen when; ties in the order in which they were planned.</summary>
internal sealed class VirtualTime
{
    private readonly PriorityQueue<(Action Action, bool IsWork), (long At, long Sequence)> _events = new();
    private long _sequence;

    public long NowUs { get; private set; } = 1;

    /// <summary>Planned events that are more than beats and ticks: while there are any, something is under way.</summary>
    public int WorkCount { get; private set; }

    /// <summary>How many events have happened.</summary>
    public long StepCount { get; private set; }

    public void At(long timeUs, Action action, bool isWork = true)
    {
        WorkCount += isWork ? 1 : 0;
        _events.Enqueue((action, isWork), (Math.Max(timeUs, NowUs), _sequence++));
    }

    public void After(long delayUs, Action action, bool isWork = true) => At(NowUs + delayUs, action, isWork);

    /// <summary>Lets the next event happen; false when there is none.</summary>
    public bool Step()
    {
        if (!_events.TryDequeue(out var next, out var when))
            return false;
        NowUs = when.At;
        WorkCount -= next.IsWork ? 1 : 0;
        StepCount++;
        next.Action();
        return true;
    }
}
