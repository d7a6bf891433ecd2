namespace TaskGraph;

/// <summary>
/// A future inside another value: it travels as the task's identity, and whoever reads it has a future of its own.
/// Who writes it sees to it that the task is kept until then: see <see cref="FutureTransit"/>.
/// </summary>
internal sealed class FutureCodec<T> : PayloadCodec<Future<T>?>
{
    private const int Parts = 3;

    public override void Write(ref PayloadWriter writer, Future<T>? value)
    {
        if (value is null)
        {
            writer.Pack.WriteNil();
            return;
        }
        FutureTransit.NoteSent(value.Handle, value.Slot, typeof(Future<T>));
        writer.Pack.WriteArrayHeader(Parts);
        writer.Pack.Write(value.Id.Submission);
        writer.Pack.Write(value.Id.Index);
        writer.Pack.Write(value.Key);
    }

    public override Future<T>? Read(ref PayloadReader reader)
    {
        if (reader.Pack.TryReadNil())
            return null;
        reader.Pack.ReadArrayHeader(Parts);
        var id = new TaskId(reader.Pack.ReadUInt64(), reader.Pack.ReadInt32());
        var key = reader.Pack.ReadString() ?? "";
        return new Future<T>(FutureTransit.Receiver.Claim(id, key), 0);
    }
}
