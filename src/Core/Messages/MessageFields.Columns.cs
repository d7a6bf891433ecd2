namespace TaskGraph.Messages;

public ref partial struct MessageFields
{
    /// <summary>
    /// A column with one value per row. A column of equal values is written as one value, an absent one reads as
    /// <paramref name="rows"/> times <paramref name="missing"/>; so options that nobody uses cost a byte per message.
    /// </summary>
    public void Column<T>(MessageColumn<T> column, int rows, T missing = default)
        where T : unmanaged, IEquatable<T>
    {
        switch (Next())
        {
            case Mode.Write:
                WriteColumn(column, rows);
                break;
            case Mode.Read:
                ReadColumn(column, rows, missing);
                break;
        }
    }

    /// <summary>A column of its own length.</summary>
    /// <returns>Its number of values.</returns>
    public int FreeColumn<T>(MessageColumn<T> column)
        where T : unmanaged, IEquatable<T>
    {
        switch (Next())
        {
            case Mode.Write:
                _writer.WriteColumn(column.Span);
                break;
            case Mode.Read:
                var values = _reader.ReadColumn<T>();
                RequireRows(values.Length);
                values.CopyTo(column.Append(values.Length));
                break;
        }

        return column.Count;
    }

    /// <summary>Where the parts of each row end in another column: ascending.</summary>
    /// <returns>The last end: the length of the other column.</returns>
    public int Ends(MessageColumn<int> ends, int rows)
    {
        Column(ends, rows);
        int last = ends.Count == 0 ? 0 : ends[ends.Count - 1];
        if (_mode == Mode.Read)
        {
            RequireAscending(ends.Span, 0);
            RequireRows(last);
        }

        return last;
    }

    /// <summary>Ascending row numbers below <paramref name="rows"/>.</summary>
    /// <returns>How many.</returns>
    public int Rows(MessageColumn<int> numbers, int rows)
    {
        FreeColumn(numbers);
        if (_mode == Mode.Read)
        {
            RequireAscending(numbers.Span, 0);
            if (numbers.Count > 0 && numbers[numbers.Count - 1] >= rows)
                throw Malformed($"row {numbers[numbers.Count - 1]} of {rows}");
        }

        return numbers.Count;
    }

    /// <summary>A column of byte strings, one per row; an absent one reads as empty strings.</summary>
    public void Blobs(BlobColumn column, int rows)
    {
        switch (Next())
        {
            case Mode.Write:
                if (column.Count != 0 && column.Count != rows)
                    throw new InvalidOperationException($"A column has {column.Count} rows where the message has {rows}.");
                _writer.WriteArrayHeader(2);
                _writer.WriteColumn(column.Ends);
                _writer.WriteBinary(column.Bytes);
                break;
            case Mode.Read:
                ReadBlobs(column, rows);
                break;
        }
    }

    private void WriteColumn<T>(MessageColumn<T> column, int rows)
        where T : unmanaged, IEquatable<T>
    {
        var values = column.Span;
        if (values.Length == 0)
            _writer.WriteNil();
        else if (values.Length != rows)
            throw new InvalidOperationException($"A column has {values.Length} rows where the message has {rows}.");
        else if (values.Length > 1 && !values[1..].ContainsAnyExcept(values[0]))
            _writer.WriteColumn(values[..1]);
        else
            _writer.WriteColumn(values);
    }

    private void ReadColumn<T>(MessageColumn<T> column, int rows, T missing)
        where T : unmanaged, IEquatable<T>
    {
        var destination = column.Append(rows);
        if (_reader.TryReadNil())
        {
            destination.Fill(missing);
            return;
        }

        var values = _reader.ReadColumn<T>();
        if (values.Length == rows)
            values.CopyTo(destination);
        else if (values.Length == 1)
            destination.Fill(values[0]);
        else
            throw Malformed($"a column of {values.Length} values where {rows} rows were announced");
    }

    private void ReadBlobs(BlobColumn column, int rows)
    {
        _reader.ReadArrayHeader(2);
        var ends = _reader.ReadColumn<int>();
        if (ends.Length != rows && ends.Length != 0)
            throw Malformed($"a column of {ends.Length} byte strings where {rows} rows were announced");
        var into = column.AppendEnds(rows);
        if (ends.Length == 0)
            into.Clear();
        else
            ends.CopyTo(into);
        RequireAscending(into, 0);
        var bytes = _reader.ReadBinary();
        int end = rows == 0 ? 0 : into[^1];
        if (bytes.Length != end)
            throw Malformed($"{bytes.Length} bytes where the rows end at {end}");
        column.AppendBytes(bytes);
    }

    private readonly void RequireRows(int rows)
    {
        if (rows is < 0 or > Protocol.MaxMessageRows)
            throw Malformed($"{rows} rows (at most {Protocol.MaxMessageRows})");
    }

    private readonly void RequireAscending(ReadOnlySpan<int> values, int least)
    {
        foreach (int value in values)
        {
            if (value < least)
                throw Malformed($"{value} follows {least} where values must ascend");
            least = value;
        }
    }
}
