using System.Diagnostics;

namespace TaskGraph.Worker.Server;

/// <summary>
/// Memory and CPU time of this process, asked of the system at most twice a second: thousands of zero workers share it.
/// </summary>
internal static class ProcessUse
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMilliseconds(500);
    private static readonly Lock s_gate = new();
    private static long s_asked;
    private static (long Bytes, double CpuSeconds) s_last;

    /// <summary>Bytes of memory in use, and seconds of processor time so far.</summary>
    public static (long Bytes, double CpuSeconds) Now
    {
        get
        {
            lock (s_gate)
            {
                if (s_asked == 0 || Stopwatch.GetElapsedTime(s_asked) > s_lifetime)
                {
                    s_last = (Environment.WorkingSet, Environment.CpuUsage.TotalTime.TotalSeconds);
                    s_asked = Stopwatch.GetTimestamp();
                }

                return s_last;
            }
        }
    }
}
