using Microsoft.Win32.SafeHandles;

namespace TaskGraph.Collections;

/// <summary>Reads the whole rows that a byte range of an uncompressed file owns.</summary>
internal static class CsvRangeReader
{
    /// <summary>The bytes of the rows, and where they begin.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="range">What to read.</param>
    /// <param name="dataStart">Where the file's first row begins: a row begins there without a line end before.</param>
    /// <param name="step">How many bytes to read at a time when looking for the end of the last row.</param>
    internal static (ReadOnlyMemory<byte> Bytes, long Start) Read(
        SafeFileHandle file, CsvRange range, long dataStart, int step = 64 << 10)
    {
        long length = RandomAccess.GetLength(file);
        long end = Math.Min(range.End, length);
        if (range.Start >= end)
            return (default, range.Start);
        if (range.IsExact)
            return (ReadBytes(file, range.Start, end), range.Start);
        // The byte before tells whether a row begins at the start itself.
        bool skips = range.Start > dataStart;
        long from = skips ? range.Start - 1 : dataStart;
        byte[] bytes = ReadBytes(file, from, Math.Min(length, end + step));
        int first = 0;
        if (skips)
        {
            int line = bytes.AsSpan(0, (int)(end - from)).IndexOf((byte)'\n');
            if (line < 0 || from + line + 1 >= end)
                return (default, end);
            first = line + 1;
        }
        int stop = EndOfRow(file, ref bytes, from, (int)(end - from) - 1, length, step);
        return (bytes.AsMemory(first..stop), from + first);
    }

    /// <summary>Where the row that the byte at <paramref name="index"/> belongs to ends; reads on until it does.
    /// </summary>
    private static int EndOfRow(
        SafeFileHandle file, ref byte[] bytes, long from, int index, long length, int step)
    {
        while (true)
        {
            int line = bytes.AsSpan(index).IndexOf((byte)'\n');
            if (line >= 0)
                return index + line + 1;
            if (from + bytes.Length >= length)
                return bytes.Length;
            index = bytes.Length;
            byte[] more = ReadBytes(file, from + index, Math.Min(length, from + index + step));
            Array.Resize(ref bytes, checked(index + more.Length));
            more.CopyTo(bytes.AsSpan(index));
        }
    }

    private static byte[] ReadBytes(SafeFileHandle file, long from, long to)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)(to - from)));
        int used = 0;
        while (used < bytes.Length)
        {
            int read = RandomAccess.Read(file, bytes.AsSpan(used), from + used);
            if (read == 0)
                throw new EndOfStreamException("The file became shorter while it was read.");
            used += read;
        }
        return bytes;
    }
}
