using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Actors;

/// <summary>
/// The actors of one incarnation of a worker. Its loop adds and removes them with their tasks; calls come straight
/// from the data connections.
/// </summary>
internal sealed class ActorTable(IRunHost host, FunctionLoader loader, ILogger logger)
{
    private readonly ConcurrentDictionary<TaskId, ActorHost> _actors = new();
    private readonly ActorCode _code = new(loader);

    /// <summary>How many actors live here.</summary>
    public int Count => _actors.Count;

    /// <summary>A run has made an actor; an older one of the same task ends.</summary>
    public void Add(TaskRun run)
    {
        Remove(run.Task);
        _actors[run.Task] = new ActorHost(run.Task, run.Key, run.ActorInstance!, host, _code, logger);
    }

    /// <summary>Whether the object that a run has made lives here as an actor.</summary>
    public bool Holds(TaskRun run) =>
        _actors.TryGetValue(run.Task, out var actor) && ReferenceEquals(actor.Instance, run.ActorInstance);

    /// <summary>Nobody needs the task's value any more: if it is an actor, it ends.</summary>
    public void Remove(TaskId task)
    {
        if (!_actors.IsEmpty && _actors.TryRemove(task, out var actor))
            actor.End();
    }

    /// <summary>Ends all.</summary>
    public void Close()
    {
        foreach (var task in _actors.Keys)
            Remove(task);
    }

    /// <summary>A call came.</summary>
    public void Take(Connection from, ActorCall call)
    {
        if (!_actors.TryGetValue(call.Actor, out var actor) || !actor.TryTake(from, call))
            SayMissing(from, call);
    }

    /// <summary>A caller needs no replies kept.</summary>
    public void Take(ActorRepliesTaken message)
    {
        if (_actors.TryGetValue(message.Actor, out var actor))
            actor.Take(message);
    }

    /// <summary>A piece of an assembly that a method needs came.</summary>
    public void Take(AssemblyBytes piece) => _code.Take(piece);

    /// <summary>A data connection has ended: what was asked for over it will not come.</summary>
    public void Left(Connection connection, string reason) => _code.Left(connection, reason);

    /// <summary>Answers that there is no such actor here.</summary>
    public static void SayMissing(Connection to, ActorCall call)
    {
        to.Write(new ActorReply { Actor = call.Actor, RequestId = call.RequestId, Outcome = ActorOutcome.Missing });
        to.Flush();
    }
}
