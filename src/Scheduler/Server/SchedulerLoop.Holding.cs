using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Server;

// News of results that wait for more of their kind, while tasks run: see NewsPace.
internal sealed partial class SchedulerLoop
{
    private readonly List<PeerSession> _holding = [];

    /// <summary>When something that is held has to go.</summary>
    private long HeldUntil
    {
        get
        {
            long until = long.MaxValue;
            foreach (PeerSession session in _holding)
                until = Math.Min(until, session.Pace.NextUs);
            return until;
        }
    }

    private bool MayHold(PeerSession session, long now)
    {
        if (session.Peer is not SchedulerClient || session.Pace.NextUs <= now || !_machine.IsBusy)
            return false;
        foreach (Message message in _outgoing)
        {
            if (message is not TasksInMemory)
                return false;
        }

        return true;
    }

    private void Hold(PeerSession session)
    {
        if (session.IsHolding)
            return;
        session.IsHolding = true;
        _holding.Add(session);
    }

    /// <summary>Sends what has been held long enough; all of it if nothing more is to come.</summary>
    private void SendHeld(long now)
    {
        bool isBusy = _machine.IsBusy;
        for (int i = _holding.Count - 1; i >= 0; i--)
        {
            PeerSession session = _holding[i];
            if (session.IsHolding && isBusy && session.Pace.NextUs > now)
                continue;
            if (session.IsHolding)
                Flush(session, now);
            _holding.RemoveAt(i);
        }
    }

    private static void Flush(PeerSession session, long now)
    {
        session.Connection.Flush();
        session.IsHolding = false;
        session.LastWrite = now;
        session.Pace.Sent(now);
    }
}
