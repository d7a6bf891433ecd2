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
    internal static (byte[] Bytes, long Start) Read(
        SafeFileHandle file, CsvRange range, long dataStart, int step = 64 << 10)
    {
        long length = RandomAccess.GetLength(file);
        long end = Math.Min(range.End, length);
        if (range.Start >= end)
            return ([], range.Start);
        if (range.IsExact)
            return (ReadBytes(file, range.Start, end), range.Start);
        // The byte before tells whether a row begins at the start itself.
        bool skips = range.Start > dataStart;
        long from = skips ? range.Start - 1 : dataStart;
        byte[] bytes = ReadBytes(file, from, end);
        int first = 0;
        if (skips)
        {
            int line = bytes.AsSpan().IndexOf((byte)'\n');
            if (line < 0 || from + line + 1 >= end)
                return ([], end);
            first = line + 1;
        }
        bytes = Complete(file, bytes, end, length, step);
        return (bytes[first..], from + first);
    }

    /// <summary>Reads on to the end of the row that the last byte belongs to.</summary>
    private static byte[] Complete(SafeFileHandle file, byte[] bytes, long end, long length, int step)
    {
        while (bytes[^1] != (byte)'\n' && end < length)
        {
            byte[] more = ReadBytes(file, end, Math.Min(length, end + step));
            int line = more.AsSpan().IndexOf((byte)'\n');
            int used = line < 0 ? more.Length : line + 1;
            int before = bytes.Length;
            Array.Resize(ref bytes, checked(before + used));
            more.AsSpan(0, used).CopyTo(bytes.AsSpan(before));
            end += used;
        }
        return bytes;
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
