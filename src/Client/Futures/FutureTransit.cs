namespace TaskGraph;

/// <summary>
/// Who is responsible for futures inside values that are being encoded or decoded on this thread. In arguments of a
/// call they become inputs of the task, so that they live until it has ended. In results they live as long as the
/// result does, since the worker keeps the object. Elsewhere nobody could keep them, and they are refused.
/// </summary>
internal static class FutureTransit
{
    [ThreadStatic]
    private static State s_state;

    /// <summary>The client that futures are read for.</summary>
    /// <exception cref="InvalidOperationException">There is none in this process.</exception>
    public static Client Receiver => s_state.Receiver ?? Client.Current ?? throw new InvalidOperationException(
        "There is a future inside the value, and no client here that could hold it.");

    /// <summary>Whether values of the type may hold futures: numbers and texts, which are most arguments, cannot.</summary>
    public static bool MayBeIn<T>() => !typeof(T).IsPrimitive && typeof(T) != typeof(string);

    /// <summary>While the scope lasts, each future that is written here is told to <paramref name="sender"/>.</summary>
    public static Scope Send(Action<FutureHandle, int> sender)
        => Enter(s_state with { Sender = sender, IsRefusing = false });

    /// <summary>While the scope lasts, futures are refused: nobody would keep them.</summary>
    public static Scope Refuse() => Enter(s_state with { Sender = null, IsRefusing = true });

    /// <summary>While the scope lasts, futures that are read here are <paramref name="receiver"/>'s.</summary>
    public static Scope Receive(Client receiver) => Enter(s_state with { Receiver = receiver });

    /// <summary>A future is being written.</summary>
    /// <exception cref="NotSerializableException">It must not stand there.</exception>
    public static void NoteSent(FutureHandle handle, int slot, Type type)
    {
        if (s_state.IsRefusing)
        {
            throw new NotSerializableException(type, type.Name,
                "a future stands for a result on the cluster, and nobody would keep that result for it here; "
                + "pass it in an argument of Submit, return it from a task, or put it into a queue or variable of futures");
        }
        NoteSent(handle, slot);
    }

    /// <summary>An actor is being written, which lives as long as its future is held.</summary>
    public static void NoteSent(FutureHandle handle, int slot)
    {
        if (s_state.Sender is { } sender)
            sender(handle, slot);
        else
            handle.Client.WaitUntilAnswered(handle.Set.Submission);
    }

    private static Scope Enter(State state)
    {
        var scope = new Scope(s_state);
        s_state = state;
        return scope;
    }

    /// <summary>What holds on a thread.</summary>
    internal readonly record struct State(Action<FutureHandle, int>? Sender, bool IsRefusing, Client? Receiver);

    /// <summary>Restores what held before.</summary>
    public readonly struct Scope(State outer) : IDisposable
    {
        /// <summary>Leaves the scope.</summary>
        public void Dispose() => s_state = outer;
    }
}
