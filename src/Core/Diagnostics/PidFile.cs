using System.Globalization;

namespace TaskGraph.Diagnostics;

/// <summary>A file with this process's id, for whoever watches it; it goes when the process ends in order.</summary>
public sealed class PidFile : IDisposable
{
    private readonly string? _path;

    private PidFile(string? path) => _path = path;

    /// <summary>Writes the file; null or empty = none is wanted.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public static PidFile Write(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return new PidFile(null);
        File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new PidFile(Path.GetFullPath(path));
    }

    /// <summary>Removes the file.</summary>
    public void Dispose()
    {
        if (_path is not null)
            File.Delete(_path);
    }
}
