namespace TaskGraph;

public ref partial struct MessagePackReader
{
    /// <summary>Reads the header of an array: how many values follow. The bytes left can hold as many.</summary>
    /// <exception cref="MessagePackException">
    /// The next value is another, or claims more values than there are bytes.
    /// </exception>
    public int ReadArrayHeader()
    {
        const string Expected = "an array";
        var code = PeekCode(Expected);
        switch (code)
        {
            case >= MessagePackCode.FixArray and < MessagePackCode.FixString:
                return TakeHeader(1, code & 15, 1, Expected);
            case MessagePackCode.Array16:
                return TakeHeader(3, Length(2, Expected), 1, Expected);
            case MessagePackCode.Array32:
                return TakeHeader(5, Length(4, Expected), 1, Expected);
            default:
                throw Mismatch(Expected);
        }
    }

    /// <summary>Reads the header of an array that must hold exactly <paramref name="count"/> values.</summary>
    /// <exception cref="MessagePackException">The next value is another, or has another count.</exception>
    public void ReadArrayHeader(int count)
    {
        var start = _offset;
        var found = ReadArrayHeader();
        if (found == count)
            return;
        _offset = start;
        throw new MessagePackException($"an array of {count} values", $"one of {found}", start);
    }

    /// <summary>Reads the header of a map: how many keys follow, each before its value.</summary>
    /// <exception cref="MessagePackException">
    /// The next value is another, or claims more values than there are bytes.
    /// </exception>
    public int ReadMapHeader()
    {
        const string Expected = "a map";
        var code = PeekCode(Expected);
        switch (code)
        {
            case >= MessagePackCode.FixMap and < MessagePackCode.FixArray:
                return TakeHeader(1, code & 15, 2, Expected);
            case MessagePackCode.Map16:
                return TakeHeader(3, Length(2, Expected), 2, Expected);
            case MessagePackCode.Map32:
                return TakeHeader(5, Length(4, Expected), 2, Expected);
            default:
                throw Mismatch(Expected);
        }
    }

    /// <summary>Reads an extension: its type number, and its data as a view of the input.</summary>
    /// <exception cref="MessagePackException">The next value is another, or cut off.</exception>
    public ReadOnlySpan<byte> ReadExtension(out sbyte type)
    {
        const string Expected = "an extension";
        var code = PeekCode(Expected);
        var header = 2;
        long length;
        switch (code)
        {
            case >= MessagePackCode.FixExtension1 and <= MessagePackCode.FixExtension16:
                length = 1 << (code - MessagePackCode.FixExtension1);
                break;
            case >= MessagePackCode.Extension8 and <= MessagePackCode.Extension32:
                var width = 1 << (code - MessagePackCode.Extension8);
                length = Length(width, Expected);
                header += width;
                break;
            default:
                throw Mismatch(Expected);
        }

        type = (sbyte)Operand(header - 1, Expected)[header - 2];
        return Take(header, length, Expected);
    }

    /// <summary>Reads a timestamp (extension −1) as UTC; parts of a 100 ns tick are cut off.</summary>
    /// <exception cref="MessagePackException">The next value is another, or outside the years 1 to 9999.</exception>
    public DateTime ReadDateTime()
    {
        var start = _offset;
        var data = ReadExtension(out var type);
        if (type == MessagePackTimestamp.ExtensionType && MessagePackTimestamp.TryDecode(data, out var value))
            return value;
        _offset = start;
        throw new MessagePackException(
            "a timestamp of the years 1 to 9999", $"extension {type} of {data.Length} bytes", start);
    }

    private int TakeHeader(int header, long count, int valuesPerItem, string expected)
    {
        // Each value takes at least one byte: a count that could not be there must not size an allocation.
        var there = _buffer.Length - _offset - header;
        if (count * valuesPerItem > there)
            throw new MessagePackException($"{expected} of {count} items", $"only {there} bytes for it", _offset);
        _offset += header;
        return (int)count;
    }
}
