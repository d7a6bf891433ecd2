namespace TaskGraph;

/// <summary>How the library gets at what an actor of unknown type stands for.</summary>
internal interface IActorHandle
{
    /// <summary>The future that keeps the actor alive from here; null if it came as part of another value.</summary>
    (FutureHandle Handle, int Slot)? Future { get; }

    /// <summary>Calls go through this client, and its future is held.</summary>
    void Bind(Client client, FutureHandle future, int slot);
}

/// <summary>An actor travels as a reference to where it lives.</summary>
internal sealed class ActorCodec<T> : PayloadCodec<Actor<T>?>
    where T : class
{
    public override void Write(ref PayloadWriter writer, Actor<T>? value)
    {
        if (value is null)
        {
            writer.Pack.WriteNil();
            return;
        }
        if (((IActorHandle)value).Future is var (handle, slot))
            FutureTransit.NoteSent(handle, slot);
        PayloadCodecs.For<ActorReference>().Write(ref writer, value.Reference);
    }

    public override Actor<T>? Read(ref PayloadReader reader)
        => reader.Pack.TryReadNil() ? null : new Actor<T>(PayloadCodecs.For<ActorReference>().Read(ref reader));
}
