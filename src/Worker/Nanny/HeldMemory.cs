using System.Diagnostics;
using System.Globalization;

namespace TaskGraph.Worker.Nanny;

/// <summary>
/// What memory a process holds that the kernel cannot take back by itself: pages of programs and libraries it drops when memory is
/// short, and they are 40 MiB of each worker, whose heap may grow to 64 MiB below the nanny's limit.
/// </summary>
internal static class HeldMemory
{
    private static readonly string[] s_held = ["RssAnon:", "RssShmem:"];

    /// <summary>Bytes of a process that lives; 0 when it does not.</summary>
    public static long Of(Process process)
    {
        try
        {
            if (OperatingSystem.IsLinux() && Parse(File.ReadLines($"/proc/{process.Id}/status")) is > 0 and var held)
                return held;
            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The bytes that /proc/PID/status tells of; 0 if it does not, as before Linux 4.5.</summary>
    internal static long Parse(IEnumerable<string> status)
    {
        long bytes = 0;
        foreach (var line in status)
        {
            var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words is [var name, var kibibytes, ..] && s_held.Contains(name)
                && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                bytes += count * 1024;
        }

        return bytes;
    }
}
