using System.Runtime.InteropServices;

namespace TaskGraph.Worker.Execution;

/// <summary>
/// How late Linux may end a thread's waits, so that it can end several with one interrupt: 50 µs, which is 5 % of a task that waits
/// for a millisecond. Threads that run tasks do without.
/// </summary>
internal static partial class TimerSlack
{
    // PR_SET_TIMERSLACK; 0 ns would mean the default.
    private const int SetTimerSlack = 29;
    private const nuint LeastNs = 1;

    /// <summary>Ends the calling thread's waits on time from now on; where the kernel will not have it, they are as before.</summary>
    public static void Tighten()
    {
        if (OperatingSystem.IsLinux())
            _ = ProcessControl(SetTimerSlack, LeastNs);
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint value);
}
