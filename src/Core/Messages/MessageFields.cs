namespace TaskGraph.Messages;

/// <summary>
/// Walks the fields of a message, either to write or to read them, so that a message names its wire layout once and
/// both directions agree by construction. Every call is exactly one MessagePack value.
/// </summary>
public ref partial struct MessageFields
{
    private readonly Mode _mode;
    private MessagePackWriter _writer;
    private MessagePackReader _reader;
    private int _count;

    private MessageFields(Mode mode) => _mode = mode;

    private enum Mode
    {
        Count,
        Write,
        Read,
    }

    internal static int CountOf(Message message)
    {
        var fields = new MessageFields(Mode.Count);
        message.Fields(ref fields);
        return fields._count;
    }

    internal static void Write(ref MessagePackWriter writer, Message message)
    {
        var fields = new MessageFields(Mode.Write) { _writer = writer };
        message.Fields(ref fields);
        writer = fields._writer;
    }

    internal static void Read(ref MessagePackReader reader, Message message)
    {
        var fields = new MessageFields(Mode.Read) { _reader = reader };
        message.Fields(ref fields);
        reader = fields._reader;
    }

    /// <summary>A signed number.</summary>
    public int Value(int value)
    {
        if (Next() == Mode.Read)
            return _reader.ReadInt32();
        if (_mode == Mode.Write)
            _writer.Write(value);
        return value;
    }

    /// <summary>How many rows the message has.</summary>
    public int Rows(int value)
    {
        value = Value(value);
        if (_mode == Mode.Read)
            RequireRows(value);
        return value;
    }

    /// <summary>A signed number.</summary>
    public long Value(long value)
    {
        if (Next() == Mode.Read)
            return _reader.ReadInt64();
        if (_mode == Mode.Write)
            _writer.Write(value);
        return value;
    }

    /// <summary>An unsigned number.</summary>
    public ulong Value(ulong value)
    {
        if (Next() == Mode.Read)
            return _reader.ReadUInt64();
        if (_mode == Mode.Write)
            _writer.Write(value);
        return value;
    }

    /// <summary>A floating-point number.</summary>
    public double Value(double value)
    {
        if (Next() == Mode.Read)
            return _reader.ReadDouble();
        if (_mode == Mode.Write)
            _writer.Write(value);
        return value;
    }

    /// <summary>A truth value.</summary>
    public bool Value(bool value)
    {
        if (Next() == Mode.Read)
            return _reader.ReadBoolean();
        if (_mode == Mode.Write)
            _writer.Write(value);
        return value;
    }

    /// <summary>Text, never null.</summary>
    public string Value(string value)
    {
        if (Next() == Mode.Read)
            return _reader.ReadString() ?? "";
        if (_mode == Mode.Write)
            _writer.Write(value);
        return value;
    }

    /// <summary>Bytes, never null.</summary>
    public byte[] Value(byte[] value)
    {
        if (Next() == Mode.Read)
            return _reader.ReadBinary().ToArray();
        if (_mode == Mode.Write)
            _writer.WriteBinary(value);
        return value;
    }

    /// <summary>A content hash, as 16 bytes.</summary>
    public Hash128 Value(Hash128 value) => Fixed(value, "a 128-bit hash");

    /// <summary>A GUID, as 16 bytes.</summary>
    public Guid Value(Guid value) => Fixed(value, "a GUID");

    /// <summary>One task's id, as a pair.</summary>
    public TaskId Value(TaskId value)
    {
        if (Next() == Mode.Read)
        {
            _reader.ReadArrayHeader(2);
            return new TaskId(_reader.ReadUInt64(), _reader.ReadInt32());
        }

        if (_mode == Mode.Write)
        {
            _writer.WriteArrayHeader(2);
            _writer.Write(value.Submission);
            _writer.Write(value.Index);
        }

        return value;
    }

    private Mode Next()
    {
        _count++;
        return _mode;
    }

    private unsafe T Fixed<T>(T value, string what)
        where T : unmanaged
    {
        if (Next() == Mode.Read)
        {
            var column = _reader.ReadColumn<T>();
            return column.Length == 1 ? column[0] : throw Malformed($"{what} has {column.Length * sizeof(T)} bytes");
        }

        if (_mode == Mode.Write)
            _writer.WriteColumn(new ReadOnlySpan<T>(&value, 1));
        return value;
    }

    private readonly MessagePackException Malformed(string what) =>
        new("a well-formed message", what, _reader.Consumed);
}
