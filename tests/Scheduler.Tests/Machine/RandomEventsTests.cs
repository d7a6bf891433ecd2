using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class RandomEventsTests
{
    private const int EventsPerRun = 120;
    private const int Runs = 500;

    [Fact]
    public void Whatever_happens_tables_agree_and_every_task_that_is_wanted_ends()
    {
        Arbitrary<int[]> events = Gen.Choose(0, 1 << 20).ArrayOf(EventsPerRun).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Runs),
            Prop.ForAll(events, choices => Play(choices)));
    }

    private static void Play(int[] choices)
    {
        FakeCluster cluster = new();
        cluster.Step(2);
        foreach (int choice in choices)
            cluster.Step(choice);
        cluster.Drain();
        foreach (TaskId task in cluster.Wanted)
            Assert.Contains(cluster.StateOf(task), new[] { TaskState.Memory, TaskState.Erred });
        cluster.ReleaseAll();
        Assert.Equal(0, cluster.TaskCount);
    }
}
