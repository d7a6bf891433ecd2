namespace TaskGraph.Messages;

public ref partial struct MessageFields
{
    /// <summary>How one element of a list is written.</summary>
    public delegate void ElementWriter<in T>(ref MessagePackWriter writer, T element);

    /// <summary>How one element of a list is read.</summary>
    public delegate T ElementReader<out T>(ref MessagePackReader reader);

    /// <summary>A list of texts, one per row.</summary>
    public void Strings(List<string> list, int rows)
    {
        List(list, static (ref writer, text) => writer.Write(text), static (ref reader) => reader.ReadString() ?? "");
        if (_mode == Mode.Read && list.Count != rows)
            throw Malformed($"{list.Count} texts for {rows} rows");
    }

    /// <summary>An array of texts.</summary>
    public string[] Strings(string[] array)
    {
        if (Next() == Mode.Read)
            return ReadStrings(ref _reader);
        if (_mode == Mode.Write)
            WriteStrings(ref _writer, array);
        return array;
    }

    internal static void WriteStrings(ref MessagePackWriter writer, string[] array)
    {
        writer.WriteArrayHeader(array.Length);
        foreach (string text in array)
            writer.Write(text);
    }

    internal static string[] ReadStrings(ref MessagePackReader reader)
    {
        var array = new string[reader.ReadArrayHeader()];
        for (int i = 0; i < array.Length; i++)
            array[i] = reader.ReadString() ?? "";
        return array;
    }

    /// <summary>A list of anything.</summary>
    public void List<T>(List<T> list, ElementWriter<T> write, ElementReader<T> read)
    {
        switch (Next())
        {
            case Mode.Write:
                _writer.WriteArrayHeader(list.Count);
                foreach (var element in list)
                    write(ref _writer, element);
                break;
            case Mode.Read:
                int count = _reader.ReadArrayHeader();
                RequireRows(count);
                for (int i = 0; i < count; i++)
                    list.Add(read(ref _reader));
                break;
        }
    }

    /// <summary>One error per row; neighbours that share the object share it on the wire.</summary>
    public void Errors(List<TaskError> errors, int rows)
    {
        switch (Next())
        {
            case Mode.Write:
                WriteErrors(errors);
                break;
            case Mode.Read:
                int count = _reader.ReadArrayHeader();
                for (int i = 0; i < count; i++)
                    errors.Add(_reader.TryReadNil() && i > 0 ? errors[i - 1] : ReadError(ref _reader));
                if (errors.Count != rows)
                    throw Malformed($"{errors.Count} errors for {rows} tasks");
                break;
        }
    }

    /// <summary>An error, or none.</summary>
    public TaskError? Error(TaskError? error)
    {
        if (Next() == Mode.Read)
            return _reader.TryReadNil() ? null : ReadError(ref _reader);
        if (_mode == Mode.Write)
        {
            if (error is null)
                _writer.WriteNil();
            else
                WriteError(ref _writer, error);
        }

        return error;
    }

    private void WriteErrors(List<TaskError> errors)
    {
        _writer.WriteArrayHeader(errors.Count);
        for (int i = 0; i < errors.Count; i++)
        {
            if (i > 0 && ReferenceEquals(errors[i], errors[i - 1]))
                _writer.WriteNil();
            else
                WriteError(ref _writer, errors[i]);
        }
    }

    private static void WriteError(ref MessagePackWriter writer, TaskError error)
    {
        writer.WriteArrayHeader(6);
        writer.Write((int)error.Kind);
        writer.Write(error.ExceptionType);
        writer.Write(error.Message);
        writer.Write(error.RemoteStack);
        writer.Write(error.Key);
        writer.Write(error.Worker);
    }

    private static TaskError ReadError(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(6);
        return new TaskError(
            (TaskErrorKind)reader.ReadByte(),
            reader.ReadString() ?? "",
            reader.ReadString() ?? "",
            reader.ReadString() ?? "",
            reader.ReadString() ?? "",
            reader.ReadString() ?? "");
    }
}
