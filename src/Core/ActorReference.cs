namespace TaskGraph;

/// <summary>Where an actor lives: what an actor's task has as its value on the wire.</summary>
/// <param name="Id">The task that created it.</param>
/// <param name="Key">The key of that task.</param>
/// <param name="WorkerAddress">The data address of its worker.</param>
[PayloadCodec(typeof(ActorReferenceCodec))]
public readonly record struct ActorReference(TaskId Id, string Key, string WorkerAddress);

/// <summary>A reference as an array of its parts.</summary>
internal sealed class ActorReferenceCodec : PayloadCodec<ActorReference>
{
    private const int Parts = 4;

    public override void Write(ref PayloadWriter writer, ActorReference value)
    {
        writer.Pack.WriteArrayHeader(Parts);
        writer.Pack.Write(value.Id.Submission);
        writer.Pack.Write(value.Id.Index);
        writer.Pack.Write(value.Key);
        writer.Pack.Write(value.WorkerAddress);
    }

    public override ActorReference Read(ref PayloadReader reader)
    {
        reader.Pack.ReadArrayHeader(Parts);
        var id = new TaskId(reader.Pack.ReadUInt64(), reader.Pack.ReadInt32());
        return new ActorReference(id, reader.Pack.ReadString() ?? "", reader.Pack.ReadString() ?? "");
    }
}
