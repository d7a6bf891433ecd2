using System.Globalization;

namespace TaskGraph.Worker.Nanny;

/// <summary>How often the kernel has ended a process because memory ran out, on this machine.</summary>
internal static class KernelKills
{
    /// <summary>The count since the machine started; 0 where it cannot be read.</summary>
    public static long Count()
    {
        const string Name = "oom_kill ";
        try
        {
            foreach (var line in File.ReadLines("/proc/vmstat"))
            {
                if (line.StartsWith(Name, StringComparison.Ordinal))
                    return long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // Then only the nanny's own kills are known.
        }

        return 0;
    }
}
