using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Server;

// What clients are told later than at once, while tasks run: news of results in a stream of such (see NewsPace), and that a
// submission was accepted. Nobody waits for the latter, and the news of a short task take it along.
internal sealed partial class SchedulerLoop
{
    // A task that takes longer has no news to take it along; the client keeps the submission until then.
    private const long MaxReplyDelayUs = 2_000;

    private readonly List<PeerSession> _holding = [];

    /// <summary>When something that is held has to go.</summary>
    private long HeldUntil
    {
        get
        {
            long until = long.MaxValue;
            foreach (PeerSession session in _holding)
                until = Math.Min(until, session.HeldUntil);
            return until;
        }
    }

    private bool MayHold(PeerSession session, long now)
    {
        if (session.Peer is not SchedulerClient || !_machine.IsBusy)
            return false;
        bool isStream = session.Pace.NextUs > now;
        foreach (Message message in _outgoing)
        {
            if (message is not SubmissionReply { Accepted: true } && !(isStream && message is TasksInMemory))
                return false;
        }

        return true;
    }

    private void Hold(PeerSession session, long now)
    {
        long until = session.Pace.NextUs > now ? session.Pace.NextUs : now + MaxReplyDelayUs;
        session.HeldUntil = session.IsHolding ? Math.Min(session.HeldUntil, until) : until;
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
            if (session.IsHolding && isBusy && session.HeldUntil > now)
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
