using Microsoft.Extensions.Logging;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// A worker process's own directory below <c>--local-directory</c>, gone when the worker is. A locked file beside it
/// shows that its owner lives; directories of the dead are removed by whoever comes next.
/// </summary>
internal sealed class SpillDirectory : IDisposable
{
    private const string Prefix = "taskgraph-worker-";
    private const string LockSuffix = ".lock";

    // EWOULDBLOCK: another process holds the lock.
    private const int WouldBlock = 11;

    private readonly FileStream _lock;
    private long _files;

    private SpillDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Where local files go when nobody says.</summary>
    public static string Default => System.IO.Path.Combine(System.IO.Path.GetTempPath(), "taskgraph-scratch");

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>Removes the directories of the dead below <paramref name="parent"/> and creates one.</summary>
    /// <exception cref="IOException">No directory can be created there.</exception>
    /// <exception cref="UnauthorizedAccessException">No directory may be created there.</exception>
    public static SpillDirectory Create(string parent, ILogger logger)
    {
        Directory.CreateDirectory(parent);
        Purge(parent, logger);
        while (true)
        {
            var path = System.IO.Path.Combine(parent, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():n}");
            if (TryLock(path + LockSuffix, FileMode.CreateNew) is not { } held)
                continue;
            Directory.CreateDirectory(path);
            return new SpillDirectory(path, held);
        }
    }

    /// <summary>The name of a file that does not exist yet.</summary>
    public string NewFile() => System.IO.Path.Combine(Path, $"{Interlocked.Increment(ref _files)}.value");

    /// <summary>Removes the directory with all that is in it.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            File.Delete(Path + LockSuffix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next worker here removes what is left.
        }

        _lock.Dispose();
    }

    private static void Purge(string parent, ILogger logger)
    {
        foreach (var lockFile in Directory.EnumerateFiles(parent, $"{Prefix}*{LockSuffix}"))
        {
            if (TryLock(lockFile, FileMode.Open) is not { } held)
                continue;
            using (held)
            {
                var directory = lockFile[..^LockSuffix.Length];
                try
                {
                    if (Directory.Exists(directory))
                        Directory.Delete(directory, recursive: true);
                    File.Delete(lockFile);
                    logger.LogInformation("Removed {Directory}: its worker is dead", directory);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    logger.LogWarning("Cannot remove {Directory} of a dead worker: {Reason}", directory, e.Message);
                }
            }
        }
    }

    /// <summary>Null = another process holds it, or has removed it meanwhile.</summary>
    private static FileStream? TryLock(string path, FileMode mode)
    {
        try
        {
            var held = new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);

            // Somebody may have taken it for a dead one's between its creation and its locking.
            if (File.Exists(path))
                return held;
            held.Dispose();
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException) when (mode == FileMode.Open)
        {
            // Another user's.
            return null;
        }
        catch (IOException e) when (e.HResult is WouldBlock)
        {
            return null;
        }
    }
}
