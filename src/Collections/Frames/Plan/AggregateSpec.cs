namespace TaskGraph.Collections;

/// <summary>A group-by: its keys and what is computed per group. It travels to the workers.</summary>
[PayloadCodec(typeof(AggregateSpecCodec))]
internal sealed record AggregateSpec(string[] Keys, Aggregate[] Aggregates);

/// <summary>A group-by as <c>[[key…], [[function, name, input?]…]]</c>.</summary>
internal sealed class AggregateSpecCodec : PayloadCodec<AggregateSpec>
{
    public override void Write(ref PayloadWriter writer, AggregateSpec value) => WriteSpec(ref writer, value);

    public override AggregateSpec Read(ref PayloadReader reader) => ReadSpec(ref reader);

    internal static void WriteSpec(ref PayloadWriter writer, AggregateSpec spec)
    {
        writer.Pack.WriteArrayHeader(2);
        StepCodec.WriteTexts(ref writer, spec.Keys);
        writer.Pack.WriteArrayHeader(spec.Aggregates.Length);
        foreach (Aggregate aggregate in spec.Aggregates)
        {
            writer.Pack.WriteArrayHeader(3);
            writer.Pack.Write((byte)aggregate.Function);
            writer.Pack.Write(aggregate.Name);
            if (aggregate.Input is { } input)
                ExprCodec.Write(ref writer, input);
            else
                writer.Pack.WriteNil();
        }
    }

    internal static AggregateSpec ReadSpec(ref PayloadReader reader)
    {
        reader.Pack.ReadArrayHeader(2);
        string[] keys = StepCodec.ReadTexts(ref reader);
        var aggregates = new Aggregate[reader.Pack.ReadArrayHeader()];
        for (int i = 0; i < aggregates.Length; i++)
        {
            int start = reader.Pack.Consumed;
            reader.Pack.ReadArrayHeader(3);
            var function = (AggregateFunction)reader.Pack.ReadByte();
            string name = ExprCodec.Text(ref reader);
            Expr? input = reader.Pack.TryReadNil() ? null : ExprCodec.Read(ref reader);
            bool isKnown = function is >= AggregateFunction.Count and <= AggregateFunction.Max;
            ExprCodec.Check(isKnown && (input is not null || function is AggregateFunction.Count), "an aggregate",
                start);
            aggregates[i] = new Aggregate(function, input, name);
        }
        return new AggregateSpec(keys, aggregates);
    }
}
