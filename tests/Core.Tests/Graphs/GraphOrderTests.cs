using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests.Graphs;

public class GraphOrderTests
{
    [Fact]
    public void Every_task_comes_once_and_after_its_inputs_whatever_the_graph()
    {
        Prop.ForAll(AnyGraph(), graph =>
        {
            var order = graph.Order();
            return order.Order().SequenceEqual(Enumerable.Range(0, graph.Count))
                && Enumerable.Range(0, graph.Count).All(
                    task => graph.InputsOf(task).All(input => order[input] < order[task]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Tasks_may_be_numbered_before_their_inputs()
    {
        Prop.ForAll(AnyGraph(), drawn =>
        {
            // The same graph, numbered from its outputs.
            var graph = new GraphSketch();
            for (var task = drawn.Count - 1; task >= 0; task--)
                graph.Add([.. drawn.InputsOf(task).Select(input => drawn.Count - 1 - input)]);
            var order = graph.Order();
            return order.Order().SequenceEqual(Enumerable.Range(0, graph.Count))
                && Enumerable.Range(0, graph.Count).All(
                    task => graph.InputsOf(task).All(input => order[input] < order[task]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_same_graph_has_the_same_order_every_time()
        => Prop.ForAll(AnyGraph(), graph => graph.Order().SequenceEqual(graph.Order())).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(64, 2)]
    [InlineData(81, 3)]
    [InlineData(1000, 10)]
    [InlineData(4096, 8)]
    public void A_tree_reduction_keeps_about_depth_times_fan_in_results_alive(int roots, int fanIn)
    {
        var graph = new GraphSketch();
        graph.Reduce(Roots(graph, roots), fanIn);
        var depth = (int)Math.Ceiling(Math.Log(roots, fanIn) - 1e-9);

        Assert.InRange(graph.MostAlive(), fanIn, (depth * fanIn) + 1);
    }

    [Fact]
    public void A_reduction_begins_before_all_roots_have_run()
    {
        var graph = new GraphSketch();
        var roots = Roots(graph, 100);
        graph.Reduce(roots, 4);
        var sequence = graph.Sequence();

        Assert.Equal(4, Array.FindIndex(sequence, task => task >= roots.Count));
    }

    [Fact]
    public void A_chain_is_walked_to_its_end_before_the_next_is_begun()
    {
        var graph = new GraphSketch();
        for (var chain = 0; chain < 10; chain++)
        {
            var task = graph.Add();
            for (var step = 0; step < 5; step++)
                task = graph.Add(task);
        }

        Assert.Equal(Enumerable.Range(0, graph.Count), graph.Sequence());
        Assert.Equal(2, graph.MostAlive());
    }

    [Fact]
    public void Two_reductions_of_the_same_chunks_go_side_by_side_so_that_no_chunk_is_kept_for_the_second()
    {
        var graph = new GraphSketch();
        var chunks = Roots(graph, 256);
        graph.Reduce([.. chunks.Select(chunk => graph.Add(chunk))], 4);
        graph.Reduce([.. chunks.Select(chunk => graph.Add(chunk))], 4);

        Assert.InRange(graph.MostAlive(), 1, 2 * ((4 * 4) + 1));
    }

    [Fact]
    public void Three_reductions_of_the_same_chunks_go_side_by_side()
    {
        var graph = new GraphSketch();
        var chunks = Roots(graph, 256);
        for (var reduction = 0; reduction < 3; reduction++)
            graph.Reduce([.. chunks.Select(chunk => graph.Add(chunk))], 4);

        Assert.InRange(graph.MostAlive(), 1, 3 * ((4 * 4) + 1));
    }

    [Fact]
    public void Neighbours_that_share_inputs_follow_each_other()
    {
        var graph = new GraphSketch();
        var roots = Roots(graph, 100);
        for (var i = 0; i < 100; i++)
        {
            var near = Enumerable.Range(i - 1, 3).Where(root => root is >= 0 and < 100);
            graph.Add([.. near.Select(root => roots[root])]);
        }

        Assert.InRange(graph.MostAlive(), 1, 5);
    }

    [Fact]
    public void Data_shared_by_all_is_loaded_once_and_the_branches_over_it_are_finished_one_by_one()
    {
        var graph = new GraphSketch();
        var shared = graph.Add();
        for (var branch = 0; branch < 50; branch++)
            graph.Add(graph.Add(graph.Add(), shared));

        Assert.InRange(graph.MostAlive(), 1, 4);
    }

    [Fact]
    public void The_deeper_side_of_an_uneven_tree_goes_first()
    {
        var graph = new GraphSketch();
        var shallow = graph.Add();
        var deep = graph.Reduce(Roots(graph, 16), 2);
        graph.Add(shallow, deep);

        Assert.NotEqual(shallow, graph.Sequence()[0]);
        Assert.InRange(graph.MostAlive(), 1, 6);
    }

    [Fact]
    public void Dependencies_outside_of_the_graph_do_not_count()
        => Assert.Equal([0, 1], GraphOrder.Of([1, 3], [-1, 0, -5]));

    [Fact]
    public void The_cost_grows_in_step_with_the_graph_even_with_a_hub()
    {
        var small = Comparisons(20_000);
        var large = Comparisons(80_000);

        Assert.True(large < small * 4 * 2, $"{small} steps became {large} for four times the tasks");
    }

    /// <summary>Work, as bytes allocated: what grows faster than the graph allocates faster too.</summary>
    private static long Comparisons(int tasks)
    {
        var graph = new GraphSketch();
        var hub = graph.Add();
        graph.Reduce([.. Enumerable.Range(0, tasks).Select(_ => graph.Add(graph.Add(), hub))], 8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        graph.Order();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static List<int> Roots(GraphSketch graph, int count)
        => [.. Enumerable.Range(0, count).Select(_ => graph.Add())];

    /// <summary>Up to 60 tasks, each with up to 4 inputs among those before it.</summary>
    private static Arbitrary<GraphSketch> AnyGraph()
    {
        var generator =
            from seeds in Gen.Choose(0, int.MaxValue).ListOf()
            select Draw(seeds);
        return Arb.From(generator);
    }

    private static GraphSketch Draw(IEnumerable<int> seeds)
    {
        var graph = new GraphSketch();
        foreach (var seed in seeds.Take(60))
        {
            var random = new Random(seed);
            int[] inputs = graph.Count == 0 ? []
                : [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(graph.Count)).Distinct()];
            graph.Add(inputs);
        }
        return graph;
    }
}
