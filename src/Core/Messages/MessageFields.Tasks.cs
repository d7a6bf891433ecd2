namespace TaskGraph.Messages;

public ref partial struct MessageFields
{
    /// <summary>
    /// Task ids: most batches speak of one submission, often of neighbours, so ids travel as runs of
    /// (submission, length) and either one first index, when they all count up, or a column of indices.
    /// </summary>
    /// <returns>How many.</returns>
    public int Tasks(MessageColumn<TaskId> tasks)
    {
        switch (Next())
        {
            case Mode.Write:
                WriteTasks(tasks.Span);
                break;
            case Mode.Read:
                ReadTasks(tasks);
                break;
        }

        return tasks.Count;
    }

    /// <summary>Task ids, as many as other columns have announced.</summary>
    public void Tasks(MessageColumn<TaskId> tasks, int rows)
    {
        if (Tasks(tasks) != rows && _mode != Mode.Count)
            throw Malformed($"{tasks.Count} task ids where {rows} were announced");
    }

    private void WriteTasks(ReadOnlySpan<TaskId> tasks)
    {
        int runs = 0;
        bool consecutive = true;
        for (int i = 0; i < tasks.Length; i++)
        {
            if (i == 0 || tasks[i].Submission != tasks[i - 1].Submission)
                runs++;
            else if (tasks[i].Index != tasks[i - 1].Index + 1)
                consecutive = false;
        }

        consecutive &= runs == 1;
        _writer.WriteArrayHeader(2 + (runs * 2));
        _writer.Write(tasks.Length);
        if (consecutive)
            _writer.Write(tasks[0].Index);
        else
            WriteIndices(tasks);
        for (int start = 0, i = 1; i <= tasks.Length; i++)
        {
            if (i < tasks.Length && tasks[i].Submission == tasks[start].Submission)
                continue;
            _writer.Write(tasks[start].Submission);
            _writer.Write(i - start);
            start = i;
        }
    }

    private void WriteIndices(ReadOnlySpan<TaskId> tasks)
    {
        const int block = 256;
        Span<int> indices = stackalloc int[block];
        _writer.WriteBinaryHeader(tasks.Length * sizeof(int));
        for (; tasks.Length > 0; tasks = tasks[Math.Min(block, tasks.Length)..])
        {
            int n = Math.Min(block, tasks.Length);
            for (int i = 0; i < n; i++)
                indices[i] = tasks[i].Index;
            _writer.WriteRaw(System.Runtime.InteropServices.MemoryMarshal.AsBytes(indices[..n]));
        }
    }

    private void ReadTasks(MessageColumn<TaskId> tasks)
    {
        int values = _reader.ReadArrayHeader();
        int count = _reader.ReadInt32();
        RequireRows(count);
        if (values < 2 || values % 2 != 0)
            throw Malformed($"task ids in {values} values");
        var destination = tasks.Append(count);
        if (_reader.NextType == MessagePackType.Integer)
        {
            int first = _reader.ReadInt32();
            if (first > int.MaxValue - count)
                throw Malformed($"{count} tasks from index {first}");
            for (int i = 0; i < count; i++)
                destination[i] = new TaskId(0, first + i);
        }
        else
        {
            var indices = _reader.ReadColumn<int>(count);
            for (int i = 0; i < count; i++)
                destination[i] = new TaskId(0, indices[i]);
        }

        ReadSubmissions(destination, (values - 2) / 2);
    }

    private void ReadSubmissions(Span<TaskId> tasks, int runs)
    {
        for (int run = 0; run < runs; run++)
        {
            ulong submission = _reader.ReadUInt64();
            int length = _reader.ReadInt32();
            if (length < 1 || length > tasks.Length)
                throw Malformed($"a run of {length} ids where {tasks.Length} are left");
            for (int i = 0; i < length; i++)
            {
                if (tasks[i].Index < 0)
                    throw Malformed($"task index {tasks[i].Index}");
                tasks[i] = new TaskId(submission, tasks[i].Index);
            }

            tasks = tasks[length..];
        }

        if (tasks.Length > 0)
            throw Malformed($"{tasks.Length} task ids without a submission");
    }
}
