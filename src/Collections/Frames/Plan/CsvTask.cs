namespace TaskGraph.Collections;

/// <summary>What a worker needs to turn bytes of a file into a partition. It travels to the workers.</summary>
/// <param name="Path">The file, as the client named it.</param>
/// <param name="Probe">Which content the client saw there.</param>
/// <param name="IsGzip">Whether the file is compressed; the range counts uncompressed bytes.</param>
/// <param name="DataStart">Where the file's first row begins.</param>
/// <param name="Range">The bytes.</param>
/// <param name="ForbidsQuotes">Whether a quote is an error: the sample had none, so the range was cut at any line end.
/// </param>
/// <param name="Format">How they are parsed.</param>
[PayloadCodec(typeof(CsvTaskCodec))]
internal sealed record CsvTask(
    string Path, FileProbe Probe, bool IsGzip, long DataStart, CsvRange Range, bool ForbidsQuotes,
    CsvFormat Format);

/// <summary>A reading task as one array.</summary>
internal sealed class CsvTaskCodec : PayloadCodec<CsvTask>
{
    public override void Write(ref PayloadWriter writer, CsvTask value)
    {
        writer.Pack.WriteArrayHeader(19);
        writer.Pack.Write(value.Path);
        writer.Pack.Write(value.Probe.Length);
        writer.Pack.Write(value.Probe.High);
        writer.Pack.Write(value.Probe.Low);
        writer.Pack.Write(value.IsGzip);
        writer.Pack.Write(value.DataStart);
        writer.Pack.Write(value.Range.Start);
        writer.Pack.Write(value.Range.End);
        writer.Pack.Write(value.Range.IsExact);
        writer.Pack.Write(value.Range.FirstLine);
        writer.Pack.Write(value.ForbidsQuotes);
        CsvFormat format = value.Format;
        writer.Pack.Write(format.Separator);
        writer.Pack.Write(format.Quote);
        writer.Pack.Write(format.Escape);
        writer.Pack.Write(format.QuotedNulls);
        writer.Pack.Write((byte)format.BadRows);
        StepCodec.WriteTexts(ref writer, [.. format.Fields.Names]);
        writer.Pack.WriteArrayHeader(format.Fields.Count + format.Wanted.Length);
        foreach (Field field in format.Fields)
            writer.Pack.Write((byte)field.Type);
        foreach (int index in format.Wanted)
            writer.Pack.Write(index);
        writer.Pack.WriteArrayHeader(format.NullValues.Length);
        foreach (byte[] text in format.NullValues)
            writer.Pack.WriteBinary(text);
    }

    public override CsvTask Read(ref PayloadReader reader)
    {
        int start = reader.Pack.Consumed;
        reader.Pack.ReadArrayHeader(19);
        string path = ExprCodec.Text(ref reader);
        var probe = new FileProbe(reader.Pack.ReadInt64(), reader.Pack.ReadUInt64(), reader.Pack.ReadUInt64());
        bool isGzip = reader.Pack.ReadBoolean();
        long dataStart = reader.Pack.ReadInt64();
        var range = new CsvRange(
            reader.Pack.ReadInt64(), reader.Pack.ReadInt64(), reader.Pack.ReadBoolean(), reader.Pack.ReadInt64());
        bool isSound = range.Start >= 0 && range.End >= range.Start && range.End - range.Start <= int.MaxValue;
        ExprCodec.Check(isSound && dataStart >= 0, "a range of bytes", start);
        bool forbidsQuotes = reader.Pack.ReadBoolean();
        return new CsvTask(path, probe, isGzip, dataStart, range, forbidsQuotes, ReadFormat(ref reader));
    }

    private static CsvFormat ReadFormat(ref PayloadReader reader)
    {
        int start = reader.Pack.Consumed;
        byte separator = reader.Pack.ReadByte(), quote = reader.Pack.ReadByte(), escape = reader.Pack.ReadByte();
        bool quotedNulls = reader.Pack.ReadBoolean();
        var badRows = (BadRowPolicy)reader.Pack.ReadByte();
        ExprCodec.Check(badRows is >= BadRowPolicy.Fail and <= BadRowPolicy.Null, "a policy", start);
        string[] names = StepCodec.ReadTexts(ref reader);
        int wantedCount = reader.Pack.ReadArrayHeader() - names.Length;
        ExprCodec.Check(wantedCount >= 0, "a type per column", start);
        var fields = new Field[names.Length];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = new Field(names[i], ExprCodec.ReadType(ref reader));
        var wanted = new int[wantedCount];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = reader.Pack.ReadInt32();
            ExprCodec.Check((uint)wanted[i] < (uint)fields.Length, "the place of a column", start);
        }
        ExprCodec.Check(names.Distinct().Count() == names.Length, "different names", start);
        var nulls = new byte[reader.Pack.ReadArrayHeader()][];
        for (int i = 0; i < nulls.Length; i++)
            nulls[i] = reader.Pack.ReadBinary().ToArray();
        return new CsvFormat(
            separator, quote, escape, new Schema(fields), wanted, nulls, quotedNulls, badRows);
    }
}
