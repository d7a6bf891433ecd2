namespace TaskGraph.Worker.Command;

/// <summary>
/// Whom the kernel ends first when the machine's memory runs out: a worker, which is started again, rather than its
/// nanny, the scheduler or somebody else's program.
/// </summary>
internal static class KernelPreference
{
    // Ray gives its workers the most that there is; less leaves room for programs that ask for it.
    private const string Adjustment = "500";

    /// <summary>Says so of this process, where that can be said.</summary>
    public static void OfferThisProcess()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                File.WriteAllText("/proc/self/oom_score_adj", Adjustment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is a wish.
        }
    }
}
