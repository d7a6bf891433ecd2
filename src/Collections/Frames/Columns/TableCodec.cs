using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>
/// A table as <c>[rows, [name, type, validity, values…], …]</c>. Value buffers of 1 KiB and more travel out of band
/// and are used where they arrive; lengths, offsets and bools are checked before anything looks at them.
/// </summary>
internal sealed class TableCodec : PayloadCodec<Table?>
{
    /// <inheritdoc/>
    public override void Write(ref PayloadWriter writer, Table? value)
    {
        if (value is null)
        {
            writer.Pack.WriteNil();
            return;
        }
        writer.Pack.WriteArrayHeader(1 + value.Columns.Count);
        writer.Pack.Write(value.RowCount);
        foreach (Column column in value.Columns)
            WriteColumn(ref writer, column);
    }

    /// <inheritdoc/>
    public override Table? Read(ref PayloadReader reader)
    {
        if (reader.Pack.TryReadNil())
            return null;
        int start = reader.Pack.Consumed;
        int count = reader.Pack.ReadArrayHeader() - 1;
        if (count < 0)
            throw Invalid("a table", "an empty array", start);
        int rows = reader.Pack.ReadInt32();
        if (rows < 0 || rows > Array.MaxLength || (count == 0 && rows > 0))
            throw Invalid("a number of rows", $"{rows}", start);
        var columns = new Column[count];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = ReadColumn(ref reader, rows);
        try
        {
            return Table.FromColumns(columns);
        }
        catch (SchemaException e)
        {
            throw new MessagePackException("columns of different names", "two of one name", start, e);
        }
    }

    /// <inheritdoc/>
    public override long Measure(Table? value) => 64 + (value?.ByteCount ?? 0) + (128 * (value?.Columns.Count ?? 0));

    private static void WriteColumn(ref PayloadWriter writer, Column column)
    {
        writer.Pack.WriteArrayHeader(column is StringColumn ? 5 : 4);
        writer.Pack.Write(column.Name);
        writer.Pack.Write((byte)column.DataType);
        writer.WriteBuffer(column.Validity);
        switch (column)
        {
            case PrimitiveColumn<long> c:
                writer.WriteBuffer(c.Buffer);
                break;
            case PrimitiveColumn<double> c:
                writer.WriteBuffer(c.Buffer);
                break;
            case PrimitiveColumn<float> c:
                writer.WriteBuffer(c.Buffer);
                break;
            case PrimitiveColumn<bool> c:
                writer.WriteBuffer(c.Buffer);
                break;
            case StringColumn c:
                writer.WriteBuffer(c.OffsetBuffer);
                writer.WriteBuffer(c.Data);
                break;
        }
    }

    private static Column ReadColumn(ref PayloadReader reader, int rows)
    {
        int start = reader.Pack.Consumed;
        int parts = reader.Pack.ReadArrayHeader();
        string? name = parts is 4 or 5 ? reader.Pack.ReadString() : null;
        if (name is null)
            throw Invalid("a column of 4 or 5 parts with a name", $"{parts} parts", start);
        var type = (DataType)reader.Pack.ReadByte();
        if (!DataTypes.IsDefined(type) || (parts == 5) != (type is DataType.String))
            throw Invalid("a column's type", $"{(byte)type}", start);
        ReadOnlyMemory<byte> validity = ReadBytes(ref reader);
        if (!validity.IsEmpty && validity.Length != Bitmap.ByteLength(rows))
            throw Invalid($"a bitmap of {rows} bits", $"{validity.Length} bytes", start);
        if (type is DataType.String)
            return ReadText(ref reader, name, rows, validity, start);
        ReadOnlyMemory<byte> values = ReadBytes(ref reader);
        if (values.Length != (long)rows * DataTypes.ValueSize(type))
            throw Invalid($"{rows} values of {DataTypes.Name(type)}", $"{values.Length} bytes", start);
        if (type is DataType.Boolean && values.Span.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw Invalid("bools", "a byte that is neither 0 nor 1", start);
        return type switch
        {
            DataType.Int64 => new PrimitiveColumn<long>(name, values, validity),
            DataType.Float64 => new PrimitiveColumn<double>(name, values, validity),
            DataType.Float32 => new PrimitiveColumn<float>(name, values, validity),
            _ => new PrimitiveColumn<bool>(name, values, validity),
        };
    }

    private static StringColumn ReadText(
        ref PayloadReader reader, string name, int rows, ReadOnlyMemory<byte> validity, int start)
    {
        ReadOnlyMemory<byte> offsetBytes = ReadBytes(ref reader), data = ReadBytes(ref reader);
        if (offsetBytes.Length != (rows + 1L) * sizeof(int))
            throw Invalid($"{rows + 1L} offsets", $"{offsetBytes.Length} bytes", start);
        ReadOnlySpan<int> offsets = MemoryMarshal.Cast<byte, int>(offsetBytes.Span);
        int last = offsets[0];
        bool ascends = last >= 0;
        foreach (int offset in offsets)
        {
            ascends &= offset >= last;
            last = offset;
        }
        if (!ascends || (long)last - offsets[0] != data.Length)
            throw Invalid($"ascending offsets into {data.Length} bytes", "others", start);
        return new StringColumn(name, offsetBytes, data, validity);
    }

    /// <summary>A buffer to keep: out of band as it is, inline as a copy, so that the body need not live on.</summary>
    private static ReadOnlyMemory<byte> ReadBytes(ref PayloadReader reader)
    {
        bool isInline = reader.Pack.NextType == MessagePackType.Binary;
        ReadOnlyMemory<byte> bytes = reader.ReadBuffer();
        return isInline ? bytes.ToArray() : bytes;
    }

    private static MessagePackException Invalid(string expected, string found, int offset) =>
        new(expected, found, offset);
}
