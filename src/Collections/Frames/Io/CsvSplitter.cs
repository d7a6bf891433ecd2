namespace TaskGraph.Collections;

/// <summary>Walks a stream once and cuts it where rows begin, with quotes and line ends inside them
/// understood.</summary>
internal static class CsvSplitter
{
    /// <summary>Blocks of whole rows, each ending with the first row that reaches <paramref name="blockBytes"/>. The
    /// memory of a block is the caller's.</summary>
    /// <param name="content">A stream that stands at the first row.</param>
    /// <param name="file">What the file's start told.</param>
    /// <param name="options">Quotes and escapes.</param>
    /// <param name="blockBytes">When a block is full.</param>
    internal static IEnumerable<CsvBlock> Blocks(
        Stream content, CsvFile file, CsvOptions options, long blockBytes)
    {
        long offset = file.DataStart, line = file.FirstLine;
        int capacity = (int)Math.Min(Array.MaxLength, blockBytes + (64 << 10));
        byte[] buffer = new byte[capacity];
        int used = 0;
        while (true)
        {
            used += content.ReadAtLeast(buffer.AsSpan(used), buffer.Length - used, throwOnEndOfStream: false);
            bool isEnd = used < buffer.Length;
            int rows = WholeRows(buffer.AsSpan(0, used), options, blockBytes, isEnd);
            if (rows == 0 && isEnd)
                yield break;
            if (rows == 0)
            {
                // One row is longer than the buffer.
                Array.Resize(ref buffer, checked(buffer.Length * 2));
                continue;
            }
            byte[] rest = new byte[Math.Max(capacity, used - rows)];
            buffer.AsSpan(rows, used - rows).CopyTo(rest);
            var range = new CsvRange(offset, offset + rows, true, line);
            line += buffer.AsSpan(0, rows).Count((byte)'\n');
            offset += rows;
            yield return new CsvBlock(range, buffer.AsMemory(0, rows));
            used -= rows;
            buffer = rest;
        }
    }

    /// <summary>The length of the whole rows at the start: just enough to fill a block.</summary>
    private static int WholeRows(ReadOnlySpan<byte> data, CsvOptions options, long blockBytes, bool isEnd)
    {
        var tokenizer = new CsvTokenizer(
            data, (byte)options.Separator, (byte)options.Quote, (byte)(options.Escape ?? '\0'));
        int whole = 0;
        while (whole < blockBytes && tokenizer.ReadRow([], out _) > 0 && (tokenizer.EndedWithLine || isEnd))
            whole = tokenizer.Position;
        return whole;
    }

    /// <summary>Moves a stream to the first row.</summary>
    internal static void SkipTo(Stream content, long position)
    {
        if (content.CanSeek)
        {
            content.Position = position;
            return;
        }
        var scratch = new byte[64 << 10];
        while (position > 0)
        {
            int read = content.Read(scratch, 0, (int)Math.Min(position, scratch.Length));
            if (read == 0)
                throw new EndOfStreamException("The file is shorter than it was when it was planned.");
            position -= read;
        }
    }
}
