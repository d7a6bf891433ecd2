namespace TaskGraph.Collections;

/// <summary>What tells whether two machines see the same file at a path: its size, and a hash over samples from its
/// start, middle and end.</summary>
/// <param name="Length">The size in bytes; -1 where there is no such file, or local reads are switched off.</param>
/// <param name="High">The hash's upper half.</param>
/// <param name="Low">The hash's lower half.</param>
internal readonly record struct FileProbe(long Length, ulong High, ulong Low)
{
    private const int SampleBytes = 64 << 10;

    internal static FileProbe None { get; } = new(-1, 0, 0);

    internal long[] ToNumbers() => [Length, (long)High, (long)Low];

    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static FileProbe Of(string path)
    {
        using var file = File.OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        var samples = new byte[3 * SampleBytes];
        int used = RandomAccess.Read(file, samples.AsSpan(0, SampleBytes), 0);
        if (length > SampleBytes)
        {
            used += RandomAccess.Read(file, samples.AsSpan(used, SampleBytes), length / 2);
            used += RandomAccess.Read(file, samples.AsSpan(used, SampleBytes), length - SampleBytes);
        }
        Hash128 hash = Hash128.Of(samples.AsSpan(0, used));
        return new FileProbe(length, hash.High, hash.Low);
    }

    /// <summary>The probe, or <see cref="None"/> for whatever reason the file cannot be read here.</summary>
    internal static FileProbe TryOf(string path)
    {
        try
        {
            return Of(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return None;
        }
    }
}
