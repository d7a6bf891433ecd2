using System.Globalization;

namespace TaskGraph.Worker.Command;

/// <summary>
/// How much memory this process may share with its siblings: the machine's, or less if a control group (version 1 or 2,
/// its own or one above it) or a resource limit says so.
/// </summary>
internal static class MachineMemory
{
    /// <summary>The memory in bytes, read from the proc and sys folders below <paramref name="root"/>.</summary>
    public static long Bytes(string root = "/")
    {
        var least = MachineBytes(root);
        foreach (var line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            // number:controllers:path; version 2 names no controllers.
            var fields = line.Split(':', 3);
            if (fields.Length < 3)
                continue;
            if (fields[1].Length == 0)
                least = Math.Min(least, LeastOfGroup(root, "sys/fs/cgroup", fields[2], "memory.max"));
            else if (fields[1].Split(',').Contains("memory"))
                least = Math.Min(least, LeastOfGroup(root, "sys/fs/cgroup/memory", fields[2], "memory.limit_in_bytes"));
        }

        return Math.Min(least, ResourceLimit(root));
    }

    private static long MachineBytes(string root)
    {
        foreach (var line in Lines(Path.Combine(root, "proc/meminfo")))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal))
                return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
        }

        return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }

    /// <summary>The least limit on the way from the group up to the root: inside a container only the root is there.</summary>
    private static long LeastOfGroup(string root, string mount, string group, string file)
    {
        var least = long.MaxValue;
        for (var path = group.Trim('/'); ; path = path[..Math.Max(0, path.LastIndexOf('/'))])
        {
            foreach (var line in Lines(Path.Combine(root, mount, path, file)))
                least = Math.Min(least, Number(line));
            if (path.Length == 0)
                return least;
        }
    }

    private static long ResourceLimit(string root)
    {
        const string Name = "Max resident set";
        foreach (var line in Lines(Path.Combine(root, "proc/self/limits")))
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
                return Number(line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
        }

        return long.MaxValue;
    }

    // "max" and "unlimited" are no numbers.
    private static long Number(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : long.MaxValue;

    private static IEnumerable<string> Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read limits nothing.
            return [];
        }
    }
}
