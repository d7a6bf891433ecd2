using TaskGraph;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class DroppedCopiesTests
{
    [Fact]
    public void A_copy_that_is_dropped_twice_by_one_message_is_forgotten_when_that_is_read()
    {
        TaskId task = new(1, 0);
        DroppedCopies dropped = new();
        dropped.Add(task, 1);
        dropped.Add(task, 1);
        Assert.True(dropped.Contains(task));

        dropped.Read(1);

        Assert.False(dropped.Contains(task));
    }

    [Fact]
    public void A_copy_that_is_dropped_again_counts_as_dropped_until_the_last_message_is_read()
    {
        TaskId task = new(1, 0);
        DroppedCopies dropped = new();
        dropped.Add(task, 1);
        dropped.Add(task, 2);

        dropped.Read(1);
        Assert.True(dropped.Contains(task));

        dropped.Read(2);
        Assert.False(dropped.Contains(task));
    }
}
