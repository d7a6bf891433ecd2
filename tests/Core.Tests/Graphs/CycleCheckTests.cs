namespace TaskGraph.Tests.Graphs;

public class CycleCheckTests
{
    [Fact]
    public void A_graph_without_a_cycle_passes()
        => CycleCheck.ThrowIfCyclic([0, 1, 3], [0, 0, 1], static index => $"t{index}");

    [Fact]
    public void A_cycle_is_printed_task_by_task()
    {
        // load needs clean, clean needs join, join needs load; report hangs on join and is no part of the circle.
        string[] names = ["report", "load", "clean", "join"];
        var error = Assert.Throws<GraphCycleException>(
            () => CycleCheck.ThrowIfCyclic([1, 2, 3, 4], [3, 2, 3, 1], index => names[index]));

        Assert.Equal(["join", "load", "clean"], error.Cycle);
        Assert.Contains("join needs load needs clean needs join", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_needs_itself_is_a_cycle()
    {
        var error = Assert.Throws<GraphCycleException>(
            () => CycleCheck.ThrowIfCyclic([0, 1], [1], static index => $"t{index}"));

        Assert.Equal(["t1"], error.Cycle);
    }

    [Fact]
    public void A_chain_of_a_million_tasks_does_not_exhaust_the_stack()
    {
        const int Length = 1_000_000;
        var ends = Enumerable.Range(0, Length).ToArray();
        var dependencies = Enumerable.Range(0, Length - 1).ToArray();

        CycleCheck.ThrowIfCyclic(ends, dependencies, static index => $"t{index}");
        Assert.Equal(Length - 1, GraphOrder.Of(ends, dependencies)[Length - 1]);
    }
}
