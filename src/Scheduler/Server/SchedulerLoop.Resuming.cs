using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>Sessions of workers that outlive their links.</summary>
internal sealed partial class SchedulerLoop
{
    /// <summary>
    /// A look is taken every half second. They are counted, as after the process itself was stopped for a while the
    /// first one would blame everybody.
    /// </summary>
    private const int MaxSilentLooks = 6;

    /// <summary>
    /// Cuts a link over which nothing has come for about 3 s: one direction of it may be dead, and the worker, which
    /// hears this end, would not know. It dials again, and its session goes on.
    /// </summary>
    private static void CheckSilence(PeerSession session)
    {
        if (session.Peer is not SchedulerWorker || session.IsCutOff || !session.Connection.IsResumable)
            return;
        long received = session.Connection.LastReceivedTimestamp;
        session.Silence = (received, received == session.Silence.Received ? session.Silence.Looks + 1 : 0);
        if (session.Silence.Looks == MaxSilentLooks)
            session.Connection.Cut("nothing has come over its link for some time");
    }

    /// <summary>The link of a worker is gone; false if that is its end.</summary>
    private bool CutOff(PeerSession session, string reason, long now)
    {
        if (!IsCurrent(session) || session.Peer is not SchedulerWorker { IsConnected: true } worker
            || !session.Connection.IsResumable)
        {
            return false;
        }

        session.IsCutOff = true;
        _machine.InterruptWorker(worker, reason, now);
        _server.LookFor(session);
        return true;
    }

    private void DialledAgain(PendingConnection pending)
    {
        Hello hello = pending.Hello;
        foreach ((SchedulerPeer peer, PeerSession session) in _sessions)
        {
            if (peer is SchedulerWorker { IsConnected: true } && peer.Hello.Session == hello.Session
                && peer.Hello.Incarnation == hello.Incarnation)
            {
                _server.Resume(pending, session);
                return;
            }
        }

        _server.Refuse(pending, "the session has ended: its lease is over, or the scheduler was restarted", RefusalCode.SessionUnknown);
    }

    private void Resumed(PeerSession session, long now)
    {
        session.IsCutOff = false;
        if (IsCurrent(session) && session.Peer is SchedulerWorker worker)
            _machine.ResumeWorker(worker, now);
        session.LastWrite = 0;
    }

    private void Gone(PeerSession session, string reason, long now)
    {
        if (!session.IsCutOff || !IsCurrent(session))
            return;
        session.Connection.Abort(reason);
        Detach(session, reason, now);
    }

    /// <summary>Ends a connection for good; of one without a link nothing more will be heard.</summary>
    private void End(PeerSession session, string reason)
    {
        session.Connection.Abort(reason);
        if (!session.IsCutOff)
            return;
        _sessions.Remove(session.Peer!);
        _ = CloseAsync(session);
    }
}
