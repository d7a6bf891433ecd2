namespace TaskGraph;

/// <summary>The result of a function that returns nothing: always null.</summary>
[PayloadCodec(typeof(UnitCodec))]
public sealed class Unit
{
    private Unit()
    {
    }

    private sealed class UnitCodec : PayloadCodec<Unit?>
    {
        public override void Write(ref PayloadWriter writer, Unit? value) => writer.Pack.WriteNil();

        public override Unit? Read(ref PayloadReader reader)
        {
            reader.Pack.ReadNil();
            return null;
        }
    }
}
