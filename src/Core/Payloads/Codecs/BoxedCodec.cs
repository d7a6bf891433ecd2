namespace TaskGraph;

/// <summary>
/// A value of static type object: null, or a boxed primitive, string, decimal or DateTime as [type code, value].
/// Anything else is refused: which type it is would have to travel with it, and load code by name.
/// </summary>
internal sealed class BoxedCodec : PayloadCodec<object?>
{
    private static readonly PayloadCodec?[] s_byCode = Table();

    public override void Write(ref PayloadWriter writer, object? value)
    {
        if (value is null)
        {
            writer.Pack.WriteNil();
            return;
        }

        var code = value is Enum ? TypeCode.Object : Type.GetTypeCode(value.GetType());
        if (s_byCode[(int)code] is not { } codec)
        {
            throw writer.Refuse(value.GetType(), "it stands where the declared type is object, which carries only "
                + "primitives and strings; declare the type itself");
        }

        writer.Pack.WriteArrayHeader(2);
        writer.Pack.Write((int)code);
        codec.WriteObject(ref writer, value);
    }

    public override object? Read(ref PayloadReader reader)
    {
        if (reader.Pack.TryReadNil())
            return null;
        reader.Pack.ReadArrayHeader(2);
        var start = reader.Pack.Consumed;
        var code = reader.Pack.ReadByte();
        return code < s_byCode.Length && s_byCode[code] is { } codec
            ? codec.ReadObject(ref reader)
            : throw PayloadReader.Invalid("the code of a primitive type", start);
    }

    public override long Measure(object? value) => value is string text ? 22 + (2L * text.Length) : 32;

    private static PayloadCodec?[] Table()
    {
        var table = new PayloadCodec?[(int)TypeCode.String + 1];
        Type[] types =
        [
            typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int),
            typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal),
            typeof(DateTime), typeof(string),
        ];
        foreach (var type in types)
            table[(int)Type.GetTypeCode(type)] = Scalars.For(type);
        return table;
    }
}
