using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Actors;

/// <summary>One call on its way through an actor, kept until its caller has the reply.</summary>
internal sealed class ActorVisit(Connection from, ActorCall call)
{
    /// <summary>Where the reply goes: the way that the caller dialled last.</summary>
    public Connection From { get; private set; } = from;

    /// <summary>The call; without its arguments once it has run.</summary>
    public ActorCall Call { get; } = call;

    /// <summary>The run, while it runs.</summary>
    public TaskRun? Run { get; set; }

    /// <summary>What became of it; null = it waits or runs.</summary>
    public ActorReply? Reply { get; private set; }

    /// <summary>It was said again.</summary>
    public void Redirect(Connection way, int dialled)
    {
        if (dialled < Call.Dialled)
            return;
        From = way;
        Call.Dialled = dialled;
    }

    /// <summary>It has run.</summary>
    public void End(ActorReply reply)
    {
        Reply = reply;
        Run = null;
        Call.Attachments = [];
        Call.Function = [];
    }
}

/// <summary>What one caller has asked of one actor: a call that is said again is carried out once.</summary>
internal sealed class ActorCaller
{
    private readonly Dictionary<ulong, ActorVisit> _visits = [];
    private readonly Queue<ulong> _order = new();
    private ulong _last;

    /// <summary>True = a new call, to be carried out; false = known (the visit), or answered long ago (null).</summary>
    public bool Accept(Connection from, ActorCall call, out ActorVisit? visit)
    {
        Forget(call.Answered);
        if (_visits.TryGetValue(call.RequestId, out visit))
        {
            visit.Redirect(from, call.Dialled);
            return false;
        }

        if (call.RequestId <= _last)
            return false;
        _last = call.RequestId;
        visit = new ActorVisit(from, call);
        _visits.Add(call.RequestId, visit);
        _order.Enqueue(call.RequestId);
        return true;
    }

    /// <summary>The caller has the replies up to this number.</summary>
    public void Forget(ulong answered)
    {
        while (_order.TryPeek(out var oldest) && oldest <= answered)
            _visits.Remove(_order.Dequeue());
    }
}
