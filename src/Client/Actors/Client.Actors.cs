using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TaskGraph.Messages;

namespace TaskGraph;

// Actors: objects on workers, and calls of their methods.
public sealed partial class Client
{
    private readonly ConcurrentDictionary<ActorReference, ActorPort> _actors = new();
    private readonly WorkerLinks<ActorLink> _actorLinks;

    /// <summary>
    /// Creates an actor: an object that stays on the worker on which it was made, and keeps its state between calls.
    /// It is made where fewest actors live, is never moved, copied or made anew, and is lost with its worker
    /// (<see cref="ActorLostException"/>). It ends, and is disposed of if it can be, when nobody holds its future.
    /// </summary>
    /// <param name="create">Makes the object, on a worker. Its type need not be one that can travel.</param>
    /// <param name="options">Name, retries, workers, resources; resources are taken while the object is being made.</param>
    public Future<Actor<T>> SubmitActor<T>(Func<T> create, SubmitOptions? options = null)
        where T : class
        => ActorCall(create).Submit<Actor<T>>(AsActor(options));

    /// <inheritdoc cref="SubmitActor{T}(Func{T}, SubmitOptions?)"/>
    public Future<Actor<T>> SubmitActor<T>(Func<Task<T>> create, SubmitOptions? options = null)
        where T : class
        => ActorCall(create).Submit<Actor<T>>(AsActor(options));

    /// <summary>Creates an actor from a value.</summary>
    /// <param name="create">Makes the object, on a worker. Its type need not be one that can travel.</param>
    /// <param name="argument">What it is made from.</param>
    /// <param name="options">Name, retries, workers, resources.</param>
    public Future<Actor<T>> SubmitActor<A, T>(Func<A, T> create, A argument, SubmitOptions? options = null)
        where T : class
        => ActorCall(create).Value(argument).Submit<Actor<T>>(AsActor(options));

    /// <summary>Creates an actor from a result.</summary>
    /// <param name="create">Makes the object, on a worker. Its type need not be one that can travel.</param>
    /// <param name="argument">What it is made from.</param>
    /// <param name="options">Name, retries, workers, resources.</param>
    [OverloadResolutionPriority(1)]
    public Future<Actor<T>> SubmitActor<A, T>(Func<A, T> create, Arg<A> argument, SubmitOptions? options = null)
        where T : class
        => ActorCall(create).Bind(argument).Submit<Actor<T>>(AsActor(options));

    /// <summary>Calls a method of an actor and waits for what it returns.</summary>
    internal async Task<R> CallActorAsync<R>(
        ActorReference actor, Delegate method, byte[] arguments, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var context = TaskContext.Current;
        if (context?.ActorId == actor.Id)
        {
            throw new InvalidOperationException(
                $"{actor.Key} calls itself: its calls run one at a time, so this one would wait for ever. "
                + "Call the method directly.");
        }
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var port = _actors.GetOrAdd(actor, static (which, self) => new ActorPort(self, which), this);
        var answer = port.CallAsync(new ActorCall
        {
            Actor = actor.Id,
            Function = Encode(method).Body,
            Attachments = [arguments],
        });
        if (_machine.Loss is not null)
            LoseActors();
        if (context is not null
            && await Task.WhenAny(answer, Task.Delay(s_slotPatience, cancellation)).ConfigureAwait(false) != answer)
            context.Secede();
        var reply = await answer.WaitAsync(cancellation).ConfigureAwait(false);
        if (reply.Error is { } error)
            throw new TaskFailedException(error, actor.Key);
        return Decode<R>(new Payload(reply.Attachments.Count > 0 ? reply.Attachments[0] : default));
    }

    internal Task<ActorLink> ActorLinkAsync(string address) => _actorLinks.FindAsync(address);

    /// <summary>Whether the scheduler still knows the actor on its worker.</summary>
    internal async Task<bool> IsThereAsync(ActorReference actor, CancellationToken cancellation)
    {
        var holders = await AskWhoHasAsync([actor.Id], cancellation).ConfigureAwait(false);
        return Array.Exists(holders.AddressesOf(0), address => address == actor.WorkerAddress);
    }

    /// <summary>The port is closed: who calls the actor again asks anew.</summary>
    internal void Forget(ActorPort port)
        => _actors.TryRemove(new KeyValuePair<ActorReference, ActorPort>(port.Actor, port));

    internal CancellationToken Closing => _closing.Token;

    /// <summary>Without a scheduler nobody would say that an actor's worker is gone: who waits for an answer is told now.</summary>
    private void LoseActors()
    {
        foreach (var port in _actors.Values)
            port.Close(_machine.Loss!.ToException(""));
    }

    private async Task CloseActorsAsync()
    {
        foreach (var port in _actors.Values)
            port.Close(new ObjectDisposedException(nameof(Client), "The client was disposed of."));
        await _actorLinks.DisposeAsync().ConfigureAwait(false);
    }

    private CallBuilder ActorCall(Delegate create) => CallBuilder.Start(this, null, create, resultStays: true);

    private static SubmitOptions AsActor(SubmitOptions? options)
        => (options ?? SubmitOptions.Default) with { Pure = false, IsActor = true };
}
