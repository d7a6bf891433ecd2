namespace TaskGraph.Worker.Server;

/// <summary>What waits for the loop: any thread posts, the loop's thread takes all of it at once.</summary>
internal sealed class Mailbox
{
    private readonly object _gate = new();
    private List<object> _arrivals = [];
    private bool _isAwake;
    private bool _isWaiting;

    /// <summary>Posts one arrival.</summary>
    public void Post(object arrival)
    {
        lock (_gate)
        {
            _arrivals.Add(arrival);
            WakeLocked();
        }
    }

    /// <summary>Posts arrivals in their order.</summary>
    public void Post<T>(List<T> arrivals)
        where T : class
    {
        lock (_gate)
        {
            foreach (var arrival in arrivals)
                _arrivals.Add(arrival);
            WakeLocked();
        }
    }

    /// <summary>Has the loop take a turn although nothing was posted.</summary>
    public void Wake()
    {
        lock (_gate)
            WakeLocked();
    }

    /// <summary>Waits for something, then swaps the arrivals for the given empty list.</summary>
    public void Take(ref List<object> arrivals, int timeoutMs)
    {
        lock (_gate)
        {
            if (!_isAwake)
            {
                _isWaiting = true;
                Monitor.Wait(_gate, timeoutMs);
                _isWaiting = false;
            }

            _isAwake = false;
            (_arrivals, arrivals) = (arrivals, _arrivals);
        }
    }

    private void WakeLocked()
    {
        _isAwake = true;
        if (_isWaiting)
            Monitor.Pulse(_gate);
    }
}
