using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TaskGraph.Bench.Cases;

/// <summary>Sleeps of microseconds: the runtime's own are of whole milliseconds.</summary>
internal static partial class PreciseSleep
{
    // PR_SET_TIMERSLACK: a thread's sleeps may end so many nanoseconds late, 50,000 unless it says otherwise.
    private const int TimerSlack = 29;

    /// <summary>Sleeps so long at least; returns how long that was in fact, in microseconds.</summary>
    public static double For(double us)
    {
        long start = Stopwatch.GetTimestamp();
        if (us <= 0)
            return 0;
        if (!OperatingSystem.IsLinux())
            Thread.CurrentThread.Join(TimeSpan.FromMicroseconds(us));
        else if (SetTimerSlack(TimerSlack, 1) != 0 || USleep((uint)Math.Ceiling(us)) != 0)
            throw new InvalidOperationException("A sleep was interrupted.");
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetTimerSlack(int option, nuint nanoseconds);

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int USleep(uint microseconds);
}
