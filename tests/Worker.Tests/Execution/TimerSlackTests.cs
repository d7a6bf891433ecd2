using System.Runtime.InteropServices;

namespace Worker.Tests.Execution;

public partial class TimerSlackTests
{
    private const int GetTimerSlack = 30;

    private static int s_seen;

    [Fact]
    public async Task Waits_of_tasks_may_end_a_nanosecond_late()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var bed = new ExecutorBed();

        bed.Run(() => Look());
        await bed.EndedAsync();

        Assert.Equal(1, s_seen);
        Assert.NotEqual(1, SlackNs());
    }

    internal static void Look() => s_seen = SlackNs();

    private static int SlackNs() => ProcessControl(GetTimerSlack, 0);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint value);
}
