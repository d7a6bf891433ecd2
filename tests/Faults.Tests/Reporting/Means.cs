namespace TaskGraph.Tests.Faults;

/// <summary>What a row needs of the machine.</summary>
[Flags]
public enum Means
{
    None = 0,

    /// <summary>Root on Linux: mounts, control groups, signals to anybody.</summary>
    Root = 1,

    /// <summary>Network namespaces, bridges and traffic shaping (<c>ip</c>, <c>tc</c>); root as well.</summary>
    Namespaces = 2 | Root,

    /// <summary>Control groups that limit memory; root as well.</summary>
    MemoryGroups = 8 | Root,

    /// <summary>A C compiler, for a shim in front of the C library.</summary>
    Compiler = 4,
}

/// <summary>Says which means this machine lacks.</summary>
internal static class MissingMeans
{
    /// <summary>The reason why what needs <paramref name="means"/> cannot run here; null if it can.</summary>
    public static string? Of(Means means)
    {
        if (means == Means.None)
            return null;
        if (!OperatingSystem.IsLinux())
            return "This row needs Linux.";
        if (means.HasFlag(Means.Root) && Environment.UserName != "root")
            return "This row needs root.";
        if (means.HasFlag(Means.MemoryGroups) && MemoryGroup.Missing is { } reason)
            return reason;
        var programs = new List<string>();
        if (means.HasFlag(Means.Namespaces))
            programs.AddRange(["ip", "tc"]);
        if (means.HasFlag(Means.Compiler))
            programs.Add("cc");
        var absent = programs.Where(static program => !IsOnPath(program)).ToArray();
        return absent.Length == 0 ? null : $"This row needs {string.Join(" and ", absent)} (iproute2, gcc).";
    }

    private static bool IsOnPath(string program)
        => (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':')
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}
