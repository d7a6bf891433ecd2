namespace TaskGraph.Collections;

/// <summary>Steps on the wire: arrays of two, the kind of step and what it needs.</summary>
internal static class StepCodec
{
    private const byte FilterTag = 1;
    private const byte SelectTag = 2;
    private const byte WithColumnTag = 3;
    private const byte RenameTag = 4;
    private const byte DropTag = 5;
    private const byte RowIndexTag = 6;
    private const byte HeadTag = 7;
    private const byte SortTag = 8;
    private const byte PartialTag = 9;

    internal static void Write(ref PayloadWriter writer, Step step)
    {
        switch (step)
        {
            case FilterStep filter:
                Begin(ref writer, FilterTag);
                ExprCodec.Write(ref writer, filter.Condition);
                break;
            case SelectStep select:
                Begin(ref writer, SelectTag);
                writer.Pack.WriteArrayHeader(select.Columns.Length);
                foreach (Expr column in select.Columns)
                    ExprCodec.Write(ref writer, column);
                break;
            case WithColumnStep with:
                Begin(ref writer, WithColumnTag);
                writer.Pack.WriteArrayHeader(2);
                writer.Pack.Write(with.Name);
                ExprCodec.Write(ref writer, with.Value);
                break;
            case RenameStep rename:
                Begin(ref writer, RenameTag);
                WriteTexts(ref writer, [.. rename.Names.SelectMany(pair => new[] { pair.From, pair.To })]);
                break;
            case DropStep drop:
                Begin(ref writer, DropTag);
                WriteTexts(ref writer, drop.Names);
                break;
            case RowIndexStep index:
                Begin(ref writer, RowIndexTag);
                writer.Pack.WriteArrayHeader(2);
                writer.Pack.Write(index.Name);
                writer.Pack.Write(index.First);
                break;
            case HeadStep head:
                Begin(ref writer, HeadTag);
                writer.Pack.Write(head.Count);
                break;
            case SortStep sort:
                Begin(ref writer, SortTag);
                WriteKeys(ref writer, sort.Keys);
                break;
            case PartialStep partial:
                Begin(ref writer, PartialTag);
                AggregateSpecCodec.WriteSpec(ref writer, partial.Spec);
                break;
            default:
                throw new InvalidOperationException($"No rule writes {step.GetType().Name}.");
        }
    }

    internal static Step Read(ref PayloadReader reader)
    {
        int start = reader.Pack.Consumed;
        reader.Pack.ReadArrayHeader(2);
        byte tag = reader.Pack.ReadByte();
        switch (tag)
        {
            case FilterTag:
                return new FilterStep(ExprCodec.Read(ref reader));
            case SelectTag:
                var columns = new Expr[reader.Pack.ReadArrayHeader()];
                for (int i = 0; i < columns.Length; i++)
                    columns[i] = ExprCodec.Read(ref reader);
                return new SelectStep(columns);
            case WithColumnTag:
                reader.Pack.ReadArrayHeader(2);
                string column = ExprCodec.Text(ref reader);
                return new WithColumnStep(column, ExprCodec.Read(ref reader));
            case RenameTag:
                string[] names = ReadTexts(ref reader);
                ExprCodec.Check(names.Length % 2 == 0, "pairs of names", start);
                return new RenameStep([.. names.Chunk(2).Select(pair => (pair[0], pair[1]))]);
            case DropTag:
                return new DropStep(ReadTexts(ref reader));
            case RowIndexTag:
                reader.Pack.ReadArrayHeader(2);
                string index = ExprCodec.Text(ref reader);
                return new RowIndexStep(index, reader.Pack.ReadInt64());
            case HeadTag:
                return new HeadStep(reader.Pack.ReadInt32());
            case SortTag:
                return new SortStep(ReadKeys(ref reader));
            case PartialTag:
                return new PartialStep(AggregateSpecCodec.ReadSpec(ref reader));
            default:
                throw new MessagePackException("a step", $"tag {tag}", start);
        }
    }

    internal static void WriteTexts(ref PayloadWriter writer, string[] texts)
    {
        writer.Pack.WriteArrayHeader(texts.Length);
        foreach (string text in texts)
            writer.Pack.Write(text);
    }

    internal static string[] ReadTexts(ref PayloadReader reader)
    {
        var texts = new string[reader.Pack.ReadArrayHeader()];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = ExprCodec.Text(ref reader);
        return texts;
    }

    private static void WriteKeys(ref PayloadWriter writer, SortKey[] keys)
    {
        writer.Pack.WriteArrayHeader(keys.Length);
        foreach (SortKey key in keys)
        {
            writer.Pack.WriteArrayHeader(2);
            writer.Pack.Write(key.Column);
            writer.Pack.Write(key.Descending);
        }
    }

    private static SortKey[] ReadKeys(ref PayloadReader reader)
    {
        var keys = new SortKey[reader.Pack.ReadArrayHeader()];
        for (int i = 0; i < keys.Length; i++)
        {
            reader.Pack.ReadArrayHeader(2);
            string column = ExprCodec.Text(ref reader);
            keys[i] = new SortKey(column, reader.Pack.ReadBoolean());
        }
        return keys;
    }

    private static void Begin(ref PayloadWriter writer, byte tag)
    {
        writer.Pack.WriteArrayHeader(2);
        writer.Pack.Write(tag);
    }
}
