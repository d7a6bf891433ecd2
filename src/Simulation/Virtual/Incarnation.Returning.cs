using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>The worker is back under a new number, as its loop takes that in.</summary>
internal sealed partial class Incarnation
{
    private sealed record Back(SchedulerWorker Peer, Session Session);

    /// <summary>The session that its process has joined last, whether it has taken that in or not.</summary>
    public Session LatestSession { get; private set; }

    /// <summary>Its process has joined anew: what comes from now on comes over that session.</summary>
    public void Return(SchedulerWorker peer, Session session)
    {
        _cluster.Log?.Add($"{Label} is back as worker {peer.Number}");
        LatestSession = session;
        Post(new Back(peer, session));
    }

    private void TakeUp(Back back)
    {
        (Peer, Session) = (back.Peer, back.Session);
        _addresses.Clear();
        _replicaRequests.Clear();
        Machine.Rejoin(Number, _outgoing, _cluster.Time.NowUs);
        foreach (var message in _outgoing)
        {
            _cluster.Log?.Add($"{Label} → {Trace.Of(message)}");
            Session.Up.Send(message);
        }

        _outgoing.Clear();
    }
}
