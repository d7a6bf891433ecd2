using System.IO.Compression;

namespace TaskGraph.Collections;

/// <summary>
/// Ranges of the uncompressed content of a gzip file. Gzip has no places to enter at, so the content is unpacked from
/// the start; the last file is kept while memory allows, for a process usually reads several of its partitions.
/// </summary>
internal static class InflatedFile
{
    /// <summary>Files that unpack to more are unpacked anew for each range.</summary>
    private const long MaxKeptBytes = 256 << 20;

    private static readonly Lock s_lock = new();
    private static readonly WeakReference<byte[]> s_content = new([]);
    private static (string Path, FileProbe Probe) s_key;

    internal static ReadOnlyMemory<byte> Read(string path, FileProbe probe, long start, long end)
    {
        if (SizeHint(path) is long size && size <= MaxKeptBytes && end <= size)
            return Content(path, probe, (int)size).AsMemory((int)start, (int)(end - start));
        using var content = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        CsvSplitter.SkipTo(content, start);
        var bytes = new byte[end - start];
        content.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The size that the file's last four bytes claim, modulo 4 GiB; right for one gzip member.</summary>
    internal static long SizeHint(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> size = stackalloc byte[4];
        long length = RandomAccess.GetLength(file);
        return length >= 18 && RandomAccess.Read(file, size, length - 4) == 4 ? BitConverter.ToUInt32(size) : 0;
    }

    private static byte[] Content(string path, FileProbe probe, int size)
    {
        lock (s_lock)
        {
            if (s_key == (path, probe) && s_content.TryGetTarget(out byte[]? known))
                return known;
            using var content = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            var bytes = new byte[size];
            content.ReadExactly(bytes);
            s_key = (path, probe);
            s_content.SetTarget(bytes);
            return bytes;
        }
    }
}
