using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Scheduler.Placement;

namespace Scheduler.Tests.Placement;

public class ReadyQueueTests
{
    private const int Runs = 300;

    [Fact]
    public void Entries_come_out_by_priority_and_equal_ones_in_order_of_arrival_however_they_came_in() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Runs),
            Prop.ForAll(Gen.Choose(0, 1 << 20).ArrayOf(400).ToArbitrary(), choices => Compare(choices, spread: 1 << 14)));

    [Fact]
    public void The_same_holds_where_many_have_one_priority() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Runs),
            Prop.ForAll(Gen.Choose(0, 1 << 20).ArrayOf(400).ToArbitrary(), choices => Compare(choices, spread: 5)));

    [Fact]
    public void What_is_said_to_come_next_comes_next()
    {
        ReadyQueue queue = new();
        for (int task = 0; task < 100; task++)
            queue.Push(task, generation: 0, priority: task * 37 % 100 * 1000);

        for (int left = 100; left > 0; left--)
        {
            int said = queue.Ahead(0);
            Assert.True(queue.TryPop(out int task, out _));
            Assert.Contains(said, new[] { task, -1 });
        }

        Assert.Equal(-1, queue.Ahead(0));
        Assert.False(queue.TryPop(out _, out _));
    }

    /// <summary>Pushes and pops as the choices say, beside a sorted set.</summary>
    private static void Compare(int[] choices, int spread)
    {
        ReadyQueue queue = new();
        SortedSet<(long Priority, int Arrival)> model = [];
        int arrivals = 0;
        foreach (int choice in choices)
        {
            int steps = (choice >> 2) % 9;
            for (int i = 0; i < steps; i++)
            {
                if ((choice & 3) == 0)
                    PopBoth(queue, model);
                else
                    Push((long)((choice & 3) == 1 ? arrivals : (choice * (i + 7L)) % spread) - 3);
            }
        }

        while (model.Count > 0)
            PopBoth(queue, model);
        Assert.False(queue.TryPop(out _, out _));

        void Push(long priority)
        {
            model.Add((priority, arrivals));
            queue.Push(arrivals, (byte)arrivals, priority);
            arrivals++;
        }
    }

    private static void PopBoth(ReadyQueue queue, SortedSet<(long Priority, int Arrival)> model)
    {
        Assert.Equal(model.Count, queue.Count);
        Assert.Equal(model.Count > 0, queue.TryPop(out int task, out byte generation));
        if (model.Count == 0)
            return;
        Assert.Equal(model.Min.Arrival, task);
        Assert.Equal((byte)task, generation);
        model.Remove(model.Min);
    }
}
