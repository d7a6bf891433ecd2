using TaskGraph.Bench.Graphs;

namespace Bench.Tests;

public class GraphTests
{
    public static TheoryData<string> Named => [.. NamedGraph.All.Select(static graph => graph.Name)];

    [Theory]
    [MemberData(nameof(Named))]
    public void A_published_graph_has_the_published_tasks_edges_and_longest_path(string name)
    {
        var expected = NamedGraph.All.Single(graph => graph.Name == name);

        var graph = expected.Create();

        Assert.Equal(
            (expected.Tasks, expected.Edges, expected.LongestPath),
            (graph.Count, graph.EdgeCount, graph.LongestPath()));
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void No_task_of_a_published_graph_takes_another_twice(string name)
    {
        var graph = NamedGraph.All.Single(graph => graph.Name == name).Create();
        var seen = new HashSet<int>();
        for (int task = 0; task < graph.Count; task++)
        {
            seen.Clear();
            foreach (int input in graph.InputsOf(task))
                Assert.True(seen.Add(input), $"task {task} takes {input} twice");
        }
    }

    [Fact]
    public void A_task_is_worth_its_inputs_and_one()
    {
        var graph = new DependencyList();
        int a = graph.Add();
        int b = graph.Add(a);
        graph.Add(a, b);

        Assert.Equal([1, 2, 4], graph.Evaluate());
        Assert.Equal([2], graph.Sinks());
    }

    [Fact]
    public void A_group_of_one_passes_through_a_tree_without_a_task()
    {
        var graph = new DependencyList();
        graph.AddTree(graph.AddSources(5), width: 4);

        Assert.Equal([5, 4], graph.InputsOf(6).ToArray());
        Assert.Equal(7, graph.Count);
    }

    [Fact]
    public void A_random_graph_is_the_same_for_the_same_seed_and_reaches_back_no_further_than_its_window()
    {
        var graph = RandomGraph.Create(tasks: 5_000, window: 100, seed: 7);
        var again = RandomGraph.Create(tasks: 5_000, window: 100, seed: 7);

        Assert.Equal(5_000, graph.Count);
        Assert.Equal(graph.Evaluate(), again.Evaluate());
        for (int task = 0; task < graph.Count - 1; task++)
        {
            Assert.InRange(graph.InputsOf(task).Length, 0, 4);
            foreach (int input in graph.InputsOf(task))
                Assert.InRange(input, task - 100, task - 1);
        }
    }

    [Fact]
    public void A_task_cannot_take_one_that_comes_later() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DependencyList().Add(0));

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_chain_is_as_long_as_its_tasks(int tasks)
    {
        var graph = ChainGraph.Create(tasks);

        Assert.Equal((tasks, tasks - 1, tasks - 1), (graph.Count, graph.EdgeCount, graph.LongestPath()));
    }

    [Fact]
    public void A_fan_out_has_one_source()
    {
        var graph = FanOutGraph.Create(10_000);

        Assert.Equal((10_001, 10_000, 1), (graph.Count, graph.EdgeCount, graph.LongestPath()));
    }
}
