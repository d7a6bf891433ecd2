using TaskGraph.Bench.Graphs;

namespace Bench.Tests;

public class StepGraphTests
{
    // Width 8, 5 steps: by hand.
    [Theory]
    [InlineData("Trivial", 40, 0, 0)]
    [InlineData("NoComm", 40, 4 * 8, 4)]
    [InlineData("Stencil", 40, 4 * ((3 * 8) - 2), 4)]
    [InlineData("Tree", 1 + 2 + 4 + 8 + 8, 2 + 4 + 8 + 8, 4)]
    [InlineData("Fft", 40, 22 + 20 + 16 + 22, 4)]
    [InlineData("Nearest", 40, 4 * ((5 * 8) - 6), 4)]
    [InlineData("Spread", 40, (2 * 5 * 8) + (2 * 4 * 8), 4)]
    [InlineData("AllToAll", 40, 4 * 64, 4)]
    public void A_pattern_has_the_tasks_and_edges_of_its_definition(string name, int tasks, int edges, int longest)
    {
        var graph = StepGraph.Create(Enum.Parse<StepPattern>(name), width: 8, steps: 5);

        Assert.Equal((tasks, edges, longest), (graph.Count, graph.EdgeCount, graph.LongestPath()));
    }

    [Fact]
    public void A_wave_crosses_a_square_in_as_many_steps_as_it_has_diagonals()
    {
        var graph = StepGraph.Create(StepPattern.Dom, width: 4, steps: 7);

        // Diagonals of a 4 × 4 square: 1, 2, 3, 4, 3, 2, 1.
        Assert.Equal((16, 24, 6), (graph.Count, graph.EdgeCount, graph.LongestPath()));
    }
}
