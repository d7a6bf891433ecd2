using System.Globalization;

namespace TaskGraph.Worker.Nanny;

/// <summary>
/// How often the kernel has ended a process because memory ran out: in this process' control group, which its children share,
/// so that a death elsewhere on the machine is not taken for theirs; where there are no groups, on the whole machine.
/// </summary>
/// <param name="Source">Which file tells.</param>
/// <param name="Count">Its number.</param>
internal readonly record struct KernelKills(string Source, long Count)
{
    private const string MachineFile = "/proc/vmstat";
    private const string Name = "oom_kill ";

    /// <summary>The number of now.</summary>
    public static KernelKills Now() => Read(FindSource());

    /// <summary>How many there have been since; all of them, if the process has been moved to another group meanwhile.</summary>
    public long Since(KernelKills earlier) => Source == earlier.Source ? Count - earlier.Count : Count;

    /// <summary>
    /// The file of the group that <paramref name="groups"/> names, a text as of /proc/PID/cgroup, below the folder where groups are
    /// mounted: version 1 has a tree of its own for memory, version 2 one tree for all.
    /// </summary>
    internal static string? SourceIn(IEnumerable<string> groups, string mounted)
    {
        foreach (var line in groups)
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3)
                continue;
            var isFirst = parts[1].Split(',').Contains("memory");
            if (!isFirst && parts[1].Length > 0)
                continue;
            var tree = isFirst ? Path.Combine(mounted, "memory") : mounted;
            var name = isFirst ? "memory.oom_control" : "memory.events";
            // In a container the path may be the host's, while its own group is mounted as the root.
            foreach (var path in (string[])[Path.Combine(tree, parts[2].TrimStart('/'), name), Path.Combine(tree, name)])
            {
                if (File.Exists(path))
                    return path;
            }
        }

        return null;
    }

    private static string FindSource()
    {
        try
        {
            return SourceIn(File.ReadLines("/proc/self/cgroup"), "/sys/fs/cgroup") ?? MachineFile;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return MachineFile;
        }
    }

    private static KernelKills Read(string file)
    {
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                if (line.StartsWith(Name, StringComparison.Ordinal))
                    return new KernelKills(file, long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // Then only the nanny's own kills are known.
        }

        return new KernelKills(file, 0);
    }
}
