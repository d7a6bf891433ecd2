namespace TaskGraph;

/// <summary>
/// One of several declared types, as [tag, value]: the tag is the type's place among the declarations.
/// </summary>
internal sealed class UnionCodec<T>(Type[] types) : PayloadCodec<T?>
    where T : class
{
    /// <summary>The codecs of the declared types, in their order; set before the codec is published.</summary>
    public PayloadCodec[] Cases { get; set; } = [];

    public override void Write(ref PayloadWriter writer, T? value)
    {
        if (value is null)
        {
            writer.Pack.WriteNil();
            return;
        }

        var tag = Array.IndexOf(types, value.GetType());
        if (tag < 0)
        {
            throw writer.Refuse(value.GetType(), $"it is no declared case of {TypeName.Of(typeof(T))}; "
                + $"add [KnownType(typeof({TypeName.Of(value.GetType())}))] to that type");
        }

        writer.Enter();
        writer.Pack.WriteArrayHeader(2);
        writer.Pack.Write(tag);
        Cases[tag].WriteObject(ref writer, value);
        writer.Leave();
    }

    public override T? Read(ref PayloadReader reader)
    {
        if (reader.Pack.TryReadNil())
            return null;
        reader.Pack.ReadArrayHeader(2);
        reader.Pack.Enter();
        var start = reader.Pack.Consumed;
        var tag = reader.Pack.ReadUInt32();
        if (tag >= (uint)Cases.Length)
            throw PayloadReader.Invalid($"the tag of one of {Cases.Length} cases", start);
        var value = (T?)Cases[tag].ReadObject(ref reader);
        reader.Pack.Leave();
        return value;
    }

    public override long Measure(T? value)
    {
        if (value is null)
            return 0;
        var tag = Array.IndexOf(types, value.GetType());
        return tag < 0 ? 64 : Cases[tag].MeasureObject(value);
    }
}
