using System.Diagnostics;
using TaskGraph.Worker.Nanny;

namespace Worker.Tests.Nanny;

/// <summary>What a nanny counts as a child's memory.</summary>
public class HeldMemoryTests
{
    [Fact]
    public void Pages_of_files_do_not_count_since_the_kernel_takes_them_back_when_memory_is_short()
    {
        string[] status =
            ["Name:\tdotnet", "VmRSS:\t   71824 kB", "RssAnon:\t   18724 kB", "RssFile:\t   43552 kB", "RssShmem:\t    9548 kB"];
        Assert.Equal((18724 + 9548) * 1024, HeldMemory.Parse(status));
        Assert.Equal(0, HeldMemory.Parse(["VmRSS:\t   71824 kB"]));
    }

    [Fact]
    public void The_memory_of_a_living_process_is_known()
    {
        using var own = Process.GetCurrentProcess();
        Assert.InRange(HeldMemory.Of(own), 1 << 20, own.PeakWorkingSet64);
    }
}
