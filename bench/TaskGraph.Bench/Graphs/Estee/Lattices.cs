namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's elementary set: trees, a grid and a fern.</summary>
internal static class Lattices
{
    private const double Mib = 128;

    /// <summary>A root whose output two tasks take, each one's two more, and so on.</summary>
    public static EsteeGraph Splitters(Draws draws, int depth)
    {
        var graph = new EsteeGraph();
        EsteeOutput[] level = [graph.AddWithOutput(1, 512)];
        for (int i = 0; i < depth; i++)
        {
            var next = new EsteeOutput[level.Length * 2];
            for (int j = 0; j < next.Length; j++)
                next[j] = graph.AddWithOutput(draws.Normal(20, 1), Mib, [level[j / 2]]);
            level = next;
        }

        return graph;
    }

    /// <summary>Sources, merged in pairs until one is left.</summary>
    public static EsteeGraph Conflux(Draws draws, int depth)
    {
        var graph = new EsteeGraph();
        var level = new EsteeOutput[1 << depth];
        for (int j = 0; j < level.Length; j++)
            level[j] = graph.AddWithOutput(draws.Normal(20, 1.5), Mib);
        while (level.Length > 1)
        {
            var next = new EsteeOutput[level.Length / 2];
            for (int j = 0; j < next.Length; j++)
                next[j] = graph.AddWithOutput(draws.Normal(20, 1), Mib, [level[2 * j], level[(2 * j) + 1]]);
            level = next;
        }

        return graph;
    }

    /// <summary>A square in which every task takes the one above and the one to the left.</summary>
    public static EsteeGraph Grid(Draws draws, int size)
    {
        var graph = new EsteeGraph();
        var above = new EsteeOutput[size];
        var inputs = new List<EsteeOutput>();
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                inputs.Clear();
                if (row > 0)
                    inputs.Add(above[column]);
                if (column > 0)
                    inputs.Add(above[column - 1]);
                above[column] = graph.AddWithOutput(draws.Normal(20, 1), Mib, inputs);
            }
        }

        return graph;
    }

    /// <summary>A long chain, each link of which takes a side task, too.</summary>
    public static EsteeGraph Fern(Draws draws, int size)
    {
        var graph = new EsteeGraph();
        var last = graph.AddWithOutput(draws.Normal(20, 1), 5);
        for (int i = 0; i < size; i++)
        {
            double growth = i / 10.0;
            var side = graph.AddWithOutput(draws.Normal(35, 3), draws.Normal(42, 2));
            last = graph.AddWithOutput(
                draws.Normal(17 + growth, 3), draws.Normal(5 + growth, i / 100.0), [last, side]);
        }

        return graph;
    }
}
