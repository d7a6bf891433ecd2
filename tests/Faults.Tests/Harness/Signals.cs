using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TaskGraph.Tests.Faults;

/// <summary>Signals to processes, and what the system tells of them.</summary>
internal static partial class Signals
{
    private const int Kill9 = 9;
    private const int Continue18 = 18;
    private const int Stop19 = 19;

    /// <summary>SIGKILL: what a crash, a power cut or the kernel's memory killer does.</summary>
    public static void Kill(int pid) => Send(pid, Kill9);

    /// <summary>SIGSTOP: the process stays, with its sockets, and does nothing.</summary>
    public static void Stop(int pid) => Send(pid, Stop19);

    /// <summary>SIGCONT.</summary>
    public static void Continue(int pid) => Send(pid, Continue18);

    /// <summary>Whether a process is there and not only a zombie that its parent has not buried yet.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }

    /// <summary>The largest memory that a process has had resident so far, in bytes.</summary>
    public static long PeakMemory(int pid) => StatusLine(pid, "VmHWM:");

    /// <summary>The memory that a process has resident, in bytes.</summary>
    public static long Memory(int pid) => StatusLine(pid, "VmRSS:");

    /// <summary>How many sockets a process has open.</summary>
    public static int Sockets(int pid)
        => Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
            .Count(static file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>How readily the kernel ends a process when memory runs out: the largest goes first.</summary>
    public static int KillScore(int pid)
        => int.Parse(
            File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/oom_score_adj")), CultureInfo.InvariantCulture);

    /// <summary>The child processes of a process.</summary>
    public static int[] Children(int pid)
        => [.. Process.GetProcesses().Where(process => ParentOf(process.Id) == pid).Select(static process => process.Id)];

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return 0;
        }
    }

    private static long StatusLine(int pid, string name)
    {
        const int Kibi = 1024;
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"))
            .First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture)
            * Kibi;
    }

    private static void Send(int pid, int signal)
    {
        if (SendSignal(pid, signal) != 0)
            throw new InvalidOperationException($"Signal {signal} to process {pid}: error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
