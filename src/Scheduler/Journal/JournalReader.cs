namespace TaskGraph.Scheduler.Journal;

/// <summary>What to do with one record's bytes.</summary>
internal delegate void RecordHandler(ReadOnlySpan<byte> record);

/// <summary>Reads a journal from its beginning to its end, or to the first record that is not whole.</summary>
internal static class JournalReader
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Hands over every whole record after the header.</summary>
    /// <returns>How many bytes of the file are whole: what follows was torn off or damaged.</returns>
    /// <exception cref="JournalException">The file is no journal, or of a version that this build cannot read.</exception>
    public static long Read(Stream file, string name, RecordHandler handle)
    {
        byte[] buffer = new byte[ChunkBytes];
        int count = file.ReadAtLeast(buffer, JournalFormat.HeaderSize, throwOnEndOfStream: false);
        if (JournalFormat.CheckHeader(buffer.AsSpan(0, count)) is { } problem)
            throw new JournalException($"{name} cannot be read: {problem}.");
        long whole = JournalFormat.HeaderSize;
        int start = JournalFormat.HeaderSize;
        while (true)
        {
            int length = JournalFormat.RecordLength(buffer.AsSpan(start, count - start));
            if (length > 0)
            {
                handle(buffer.AsSpan(start, length));
                start += length;
                whole += length;
                continue;
            }

            if (length < 0)
                return whole;
            count -= start;
            buffer.AsSpan(start, count).CopyTo(buffer);
            start = 0;
            if (count == buffer.Length)
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, JournalFormat.MaxRecordBytes + JournalFormat.PrefixSize));
            int read = file.Read(buffer, count, buffer.Length - count);
            if (read == 0)
                return whole;
            count += read;
        }
    }
}
