using TaskGraph.Bench.Graphs.Estee;

namespace Bench.Tests;

public class EsteeGraphTests
{
    public static TheoryData<string> Named => [.. NamedEsteeGraph.All.Select(static graph => graph.Name)];

    [Theory]
    [MemberData(nameof(Named))]
    public void An_Estee_graph_has_the_published_tasks_outputs_and_longest_path(string name)
    {
        var expected = NamedEsteeGraph.All.Single(graph => graph.Name == name);

        var graph = expected.Create();

        // The longest path is published in tasks.
        Assert.Equal(
            (expected.Tasks, expected.Outputs, expected.LongestPath, expected.Edges),
            (graph.Count, graph.OutputCount, graph.Shape.LongestPath() + 1, graph.Shape.EdgeCount));
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void The_outputs_of_an_Estee_graph_are_as_large_as_the_published_ones(string name)
    {
        var expected = NamedEsteeGraph.All.Single(graph => graph.Name == name);

        double gib = expected.Create().OutputMib / 1024;

        // Cybershake's are nearly all in four draws whose deviation is a third of their mean.
        double part = name == "estee-cybershake" ? 0.4 : 0.05;
        Assert.InRange(gib, expected.OutputGib * (1 - part) - 0.01, expected.OutputGib * (1 + part) + 0.01);
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void An_Estee_graph_is_the_same_each_time(string name)
    {
        var named = NamedEsteeGraph.All.Single(graph => graph.Name == name);

        var (first, second) = (named.Create(), named.Create());

        Assert.Equal(first.OutputMib, second.OutputMib);
        Assert.Equal(first.LowerBoundSeconds(8, 4), second.LowerBoundSeconds(8, 4));
        Assert.Equal(first.Shape.Evaluate(), second.Shape.Evaluate());
    }

    [Fact]
    public void Normal_and_exponential_draws_have_their_mean_and_deviation()
    {
        var draws = new Draws(1);
        double[] normal = draws.Normals(100_000, 50, 10);
        double[] exponential = [.. Enumerable.Range(0, 100_000).Select(_ => draws.Exponential(60))];

        Assert.Equal(50, normal.Average(), 0.5);
        Assert.Equal(10, Deviation(normal), 0.5);
        Assert.Equal(60, exponential.Average(), 1.5);
        Assert.Equal(60, Deviation(exponential), 1.5);
    }

    [Fact]
    public void Normal_draws_never_come_out_negative()
    {
        var draws = new Draws(1);

        Assert.All(draws.Normals(10_000, 0.5, 1), static number => Assert.True(number > 0));
    }

    [Fact]
    public void No_schedule_is_shorter_than_the_longest_path_or_than_the_work_shared_evenly()
    {
        var graph = new EsteeGraph();
        var first = graph.AddWithOutput(3, 1);
        graph.Add(4, [], [first]);
        graph.Add(2, [], cpus: 4);

        Assert.Equal(7, graph.LowerBoundSeconds(cpus: 4, mostCpus: 4));
        Assert.Equal(15, graph.LowerBoundSeconds(cpus: 1, mostCpus: 4));
        Assert.Equal(9, graph.LowerBoundSeconds(cpus: 1, mostCpus: 1));
    }

    private static double Deviation(double[] numbers)
    {
        double mean = numbers.Average();
        return Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean)));
    }
}
