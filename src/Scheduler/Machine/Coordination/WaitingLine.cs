namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Calls that wait, first come, first served. One whose client is not connected keeps its place and is passed over
/// meanwhile, so that nothing is given to somebody who may never come back.
/// </summary>
internal sealed class WaitingLine
{
    private readonly LinkedList<PendingCall> _calls = [];

    public int Count => _calls.Count;

    /// <summary>The first call, reachable or not; null = none.</summary>
    public PendingCall? First => _calls.First?.Value;

    /// <summary>The first call whose client can be told now; null = none.</summary>
    public PendingCall? FirstReachable
    {
        get
        {
            LinkedListNode<PendingCall>? place = _calls.First;
            while (place is not null && !place.Value.Client.IsConnected)
                place = place.Next;
            return place?.Value;
        }
    }

    public void Add(PendingCall call) => call.Place = _calls.AddLast(call);

    public void Remove(PendingCall call)
    {
        if (call.Place is not { } place || place.List != _calls)
            return;
        _calls.Remove(place);
        call.Place = null;
    }
}
