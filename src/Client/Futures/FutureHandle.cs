namespace TaskGraph;

/// <summary>
/// What keeps the tasks of one submission wanted: every future of it refers to this one object. When the last future
/// is collected, so is the handle, and its finaliser asks the client to release what is left.
/// </summary>
internal sealed class FutureHandle(Client client, FutureSet set)
{
    ~FutureHandle()
    {
        Set.IsAbandoned = true;
        Client.ReleaseLater(Set);
    }

    public Client Client { get; } = client;

    public FutureSet Set { get; } = set;
}

/// <summary>How the library gets from a future of unknown type to its row.</summary>
internal interface IHasFutureHandle
{
    (FutureHandle Handle, int Slot) Place { get; }
}
