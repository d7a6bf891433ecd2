namespace TaskGraph.Worker.Server;

/// <summary>
/// What waits for the loop: any thread posts, and takes a turn if nobody is in one; a turn takes all of it at once.
/// </summary>
internal sealed class Mailbox(Action drive)
{
    private readonly Lock _gate = new();
    private List<object> _arrivals = [];

    /// <summary>Posts one arrival.</summary>
    public void Post(object arrival)
    {
        lock (_gate)
            _arrivals.Add(arrival);
        drive();
    }

    /// <summary>Posts arrivals in their order.</summary>
    public void Post<T>(List<T> arrivals)
        where T : class
    {
        lock (_gate)
        {
            foreach (var arrival in arrivals)
                _arrivals.Add(arrival);
        }

        drive();
    }

    /// <summary>Swaps the arrivals for the given empty list.</summary>
    public void Take(ref List<object> arrivals)
    {
        lock (_gate)
            (_arrivals, arrivals) = (arrivals, _arrivals);
    }
}
