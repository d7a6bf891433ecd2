using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Actors;

/// <summary>
/// One actor: the object, the calls that wait for it, and a thread of its own that carries them out one at a time, in
/// the order in which they came. The thread starts with the first call and holds no slot of the worker's.
/// </summary>
internal sealed class ActorHost(
    TaskId id, string key, object instance, IRunHost host, ActorCode code, ILogger logger)
{
    private readonly object _gate = new();
    private readonly Dictionary<ulong, ActorCaller> _callers = [];
    private readonly Queue<ActorVisit> _waiting = new();
    private ActorVisit? _current;
    private bool _hasThread;
    private bool _isEnding;

    /// <summary>The object.</summary>
    public object Instance { get; } = instance;

    /// <summary>Takes a call, or the repetition of one; false = the actor is ending.</summary>
    public bool TryTake(Connection from, ActorCall call)
    {
        ActorReply? known = null;
        lock (_gate)
        {
            if (_isEnding)
                return false;
            if (!_callers.TryGetValue(call.Caller, out var caller))
                _callers.Add(call.Caller, caller = new ActorCaller());
            if (caller.Accept(from, call, out var visit))
                Queue(visit!);
            else
                known = visit?.Reply;
        }

        if (known is not null)
            Send(from, known);
        return true;
    }

    /// <summary>A caller needs no replies kept.</summary>
    public void Take(ActorRepliesTaken message)
    {
        lock (_gate)
        {
            if (_callers.TryGetValue(message.Caller, out var caller))
                caller.Forget(message.Answered);
        }
    }

    /// <summary>
    /// Ends the actor: what runs sees its cancellation token, what waits is told that there is no actor, and the
    /// object is disposed of if it can be.
    /// </summary>
    public void End()
    {
        ActorVisit[] left;
        bool isIdle;
        lock (_gate)
        {
            if (_isEnding)
                return;
            _isEnding = true;
            left = [.. _waiting];
            _waiting.Clear();
            isIdle = !_hasThread;
            _current?.Run?.RequestCancel();
            Monitor.Pulse(_gate);
        }

        foreach (var visit in left)
            ActorTable.SayMissing(visit.From, visit.Call);
        if (isIdle)
            Task.Run(() => DiscardAsync(Instance, key, logger));
    }

    /// <summary>Disposes of an object that is, or was to become, an actor.</summary>
    public static async Task DiscardAsync(object instance, string key, ILogger logger)
    {
        try
        {
            if (instance is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync().ConfigureAwait(false);
            else
                (instance as IDisposable)?.Dispose();
        }
        catch (Exception e)
        {
            logger.LogWarning("The actor {Key} threw when it was disposed of: {Reason}", key, e.Message);
        }
    }

    private void Queue(ActorVisit visit)
    {
        _waiting.Enqueue(visit);
        if (_hasThread)
        {
            Monitor.Pulse(_gate);
            return;
        }

        _hasThread = true;
        new Thread(Work, maxStackSize: 16 << 20) { IsBackground = true, Name = $"actor {key}" }.UnsafeStart();
    }

    private void Work()
    {
        while (Next() is { } visit)
        {
            var reply = ActorInvocation.Run(visit, id, key, Instance, host, code, run => Note(visit, run));
            Connection from;
            lock (_gate)
            {
                _current = null;
                visit.End(reply);
                from = visit.From;
            }

            Send(from, reply);
        }

        DiscardAsync(Instance, key, logger).GetAwaiter().GetResult();
    }

    private ActorVisit? Next()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isEnding)
                Monitor.Wait(_gate);
            return _isEnding ? null : _current = _waiting.Dequeue();
        }
    }

    private void Note(ActorVisit visit, TaskRun run)
    {
        lock (_gate)
        {
            visit.Run = run;
            if (_isEnding)
                run.RequestCancel();
        }
    }

    private static void Send(Connection to, ActorReply reply)
    {
        to.Write(reply);
        to.Flush();
    }
}
