using System.Globalization;

namespace TaskGraph.Tests.Faults;

/// <summary>A control group with little memory: the kernel ends a process in it that wants more.</summary>
internal sealed class MemoryGroup : IAsyncDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private static int s_count;
    private readonly string _path;

    private MemoryGroup(string path) => _path = path;

    /// <summary>Why there are none here; null = there are.</summary>
    public static string? Missing
    {
        get
        {
            var probe = NewPath();
            try
            {
                Directory.CreateDirectory(probe);
                var isThere = File.Exists(Path.Combine(probe, LimitFile));
                Directory.Delete(probe);
                return isThere ? null : "This row needs control groups for memory.";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"This row needs control groups for memory: {e.Message}";
            }
        }
    }

    // Of the two versions, the older has a tree for each resource.
    private static bool IsFirstVersion => Directory.Exists($"{Root}/memory");

    private static string LimitFile => IsFirstVersion ? "memory.limit_in_bytes" : "memory.max";

    /// <summary>Makes a group.</summary>
    public static MemoryGroup Create(long bytes)
    {
        var path = NewPath();
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, LimitFile), bytes.ToString(CultureInfo.InvariantCulture));
        return new MemoryGroup(path);
    }

    /// <summary>Takes in a process; those that it starts from then on are in it as well.</summary>
    public void Add(int pid)
        => File.WriteAllText(Path.Combine(_path, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes the group when its last process is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await Eventually.TrueAsync(() => File.ReadAllText(Path.Combine(_path, "cgroup.procs")).Length == 0, "an empty group");
        Directory.Delete(_path);
    }

    private static string NewPath() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Root}{(IsFirstVersion ? "/memory" : "")}/taskgraph-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
}
