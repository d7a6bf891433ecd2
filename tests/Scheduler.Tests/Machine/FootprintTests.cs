using System.Runtime.CompilerServices;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

// Messages come from a pool of the process: tests beside this one would take what it has given back.
[CollectionDefinition(nameof(FootprintTests), DisableParallelization = true)]
[Collection(nameof(FootprintTests))]
public class FootprintTests
{
    [Fact]
    public void A_task_row_takes_64_bytes_and_holds_no_references()
    {
        Assert.Equal(64, Unsafe.SizeOf<TaskRow>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<TaskRow>());
        Assert.Equal(16, Unsafe.SizeOf<Edge>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<Edge>());
        Assert.Equal(8, Unsafe.SizeOf<TaskNeeds>());
        Assert.Equal(8, Unsafe.SizeOf<DependentList>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hundred_thousand_tasks_allocate_next_to_nothing_once_the_machine_is_warm(bool isMerged)
    {
        const int Count = 100_000;
        EchoCluster cluster = new(workers: 8, threads: 2);
        for (ulong round = 1; round <= 3; round++)
            PlayRound(cluster, round, Count, isMerged);

        long before = GC.GetAllocatedBytesForCurrentThread();
        PlayRound(cluster, 4, Count, isMerged);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, cluster.Machine.TaskCount);
        Assert.InRange(allocated, 0, Count);
    }

    private static void PlayRound(EchoCluster cluster, ulong submission, int count, bool isMerged)
    {
        int finished = cluster.Finished;
        cluster.Submit(submission, count, isMerged);
        cluster.Run();
        Assert.Equal(count + (isMerged ? 1 : 0), cluster.Finished - finished);
        cluster.Release(submission, isMerged ? count : 0, isMerged ? 1 : count);
    }
}
